// --compress-debug-sections=zlib shrinks debug sections, and debuggers read them.
//# also: start.s
//# cflags: -g3
//# needs: gdb
//# link: $IN --compress-debug-sections=zlib
//# section: .debug_macro flags=C
//# sh: gdb -nx -batch -ex 'info line main' out | grep -q 'compress-debug.c'
//# link[none]: $IN --compress-debug-sections=none
//# section: .debug_macro flags=
#define M(x) X(x)
#define A_LONG_MACRO_NAME_THAT_IS_REPEATED_REPEATED_REPEATED_REPEATED_REPEATED_REPEATED 1
int main(void) { return 0; }
