// --unresolved-symbols tells objects from libraries, and counts for shared outputs too.
//# cflags: -fPIC
//# link: -shared $IN --unresolved-symbols=report-all
//# error: nowhere
//# unlike: mold
//# link[ignored]: -shared $IN -z defs --unresolved-symbols=ignore-all
//# dynsym: nowhere undefined
//# link[libraries]: -shared $IN --unresolved-symbols=ignore-in-shared-libs
//# error: nowhere
//# link[program]: -pie -e f $IN --unresolved-symbols=ignore-in-object-files
//# check: e_type == 3
//# link[warned]: -pie -e f $IN --warn-unresolved-symbols
//# warning: nowhere
int nowhere(void);
int f(void) { return nowhere(); }
