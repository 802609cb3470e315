// foo@@V in a library whose version script has no V is an error; a program may define it all the same.
//# cflags: -fPIC
//# link: -shared $IN --version-script v.map
//# error: f@@V2
//# error: V2
//# link[none]: -shared $IN
//# error: V2
//# link[program]: -pie $IN -e f_new
//# check: e_type == 3
__asm__(".symver f_new, f@@V2");
int f_new(void) { return 2; }
//# file: v.map
V1 { global: f; local: *; };
