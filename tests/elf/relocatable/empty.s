# -r of an object without contents is an object without contents.
//# link: -r $IN
//# check: e_type == 1
//# section: .text size=0
//# no-section: .rela.text
