// -r with -S drops debug sections, with -x local names.
//# cflags: -g
//# link: -r $IN -S
//# unlike: lld
//# no-section: .debug_info .rela.debug_info
//# symbol: f
//# link[locals]: -r $IN -x
//# absent: local_value
//# symbol: f
static int local_value;
int *f(void) { return &local_value; }
