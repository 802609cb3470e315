// A shared object with -e is a program, too.
//# cflags: -fPIC
//# cc-link: -shared $IN -Wl,-e,go -nostdlib
//# run: exit 6
//# check: e_entry == go
void go(void) { __asm__("mov $6, %edi\n mov $60, %eax\n syscall"); }
//# file: i.c
const char interp[] __attribute__((section(".interp"))) = "/lib64/ld-linux-x86-64.so.2";
