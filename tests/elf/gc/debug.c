// Debug information does not keep code alive, and its references to dropped code become tombstones.
//# also: start.s
//# cflags: -g -gdwarf-4 -ffunction-sections -fno-inline
//# link: $IN --gc-sections
//# absent: unused
//# section: .debug_info
//# sh: gdb -batch -ex 'info line used' out | grep -q 'debug.c'
//# needs: gdb
int unused(void) { return 1; }
int used(void) { return 2; }
int main(void) { return used(); }
