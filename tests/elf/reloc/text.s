# Relocations against read-only sections: an error by default, DT_TEXTREL with -z notext.
//# link: -shared $IN
//# error: f
//# unlike: bfd
//# error: .text
//# link[notext]: -shared $IN -z notext
//# dynamic: TEXTREL
//# reloc: R_X86_64_64 sym=f in=.text
//# link[warned]: -shared $IN -z notext --warn-textrel
//# warning: 
//# unlike: bfd lld
        .globl f
        .text
f:      ret
        .quad f
