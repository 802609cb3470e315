// DWARF 2 to 5, with and without type units and split information, keep their line tables.
//# cc: gcc clang
//# needs: gdb
//# also: start.s
//# before: for v in 2 3 4 5; do $CC -g -gdwarf-$v -c src.txt -x c -o d$v.o -x c src.txt; done; $CC -g -gdwarf-5 -fdebug-types-section -c -x c src.txt -o types.o
//# link: dwarf-versions.o start.o d5.o
//# run: exit 4
//# sh: gdb -nx -batch -ex 'info line used' out | grep -q src.txt
//# link[four]: dwarf-versions.o start.o d4.o
//# sh: gdb -nx -batch -ex 'info line used' out | grep -q src.txt
//# link[three]: dwarf-versions.o start.o d3.o
//# sh: gdb -nx -batch -ex 'info line used' out | grep -q src.txt
//# link[types]: dwarf-versions.o start.o types.o
//# sh: gdb -nx -batch -ex 'ptype struct a_type' out | grep -q a_member
int used(void);
int main(void) { return used(); }
//# file: src.txt
struct a_type { int a_member; } variable = { 4 };
int used(void) { return variable.a_member; }
