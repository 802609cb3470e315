// Each object with DWARF has its entry in the debug map, whatever the version: dsymutil finds functions and variables.
//# cflags: -g -gdwarf-4
//# link: $IN
//# run: exit 42
//# symbol: _twice stab=36
//# symbol: _helper stab=36
//# symbol: _counter stab=38
//# symbol: _shared stab=32
//# symbol: _no_debug stab=36 count=0
//# symbol: __mh_execute_header external
//# sh: dsymutil-19 -o out.dSYM out && llvm-dwarfdump-19 --verify out.dSYM
//# sh: llvm-dwarfdump-19 --name=helper --name=counter out.dSYM | grep -c DW_TAG | grep -qx 2
//# link[stripped]: $IN -S
//# symbol: _twice stab=36 count=0
int shared = 1;
int twice(int), no_debug(int);
int main(void) { return twice(20) + no_debug(shared); }
//# file: five.c
//# cflags: -g -gdwarf-5
static int counter;
static __attribute__((noinline)) int helper(int x) { counter++; return x * 2; }
int twice(int x) { return helper(x) + counter; }
//# file: none.c
//# cflags: -g0
int no_debug(int x) { return x; }
