// Where a compiler writes no .debug_aranges, .gdb_index has the addresses that the entries of units tell.
//# also: start.s
//# cc: clang
//# needs: gdb
//# cflags: -g -ggnu-pubnames -O0
//# run: exit 7
//# unlike: bfd
//# link[all]: $IN --gdb-index
//# sh: ! readelf -SW gdb-index-ranges.o | grep -q debug_aranges
//# sh: test "$(readelf --debug-dump=gdb_index $OUT | grep -c '^00000000004')" -ge 4
//# sh: gdb -nx -batch -ex 'info line *&fourth_function' -ex 'ptype struct in_second' $OUT > gdb.txt; grep -q 'Line . of "four.c"' gdb.txt; grep -q 'int member_of_it' gdb.txt
//# sh: gdb -nx -batch -ex 'break second_function' -ex run -ex bt $OUT | grep -q 'second_function (argument=6) at two.c'
//# link[dropped]: $IN --gdb-index --gc-sections
//# sh: test "$(readelf --debug-dump=gdb_index $OUT | grep -c '^00000000004')" -ge 4
int second_function(int), third_function(int), fourth_function(int);
int main(void) { return fourth_function(third_function(second_function(6))); }
//# file: two.c
//# cflags: -gdwarf-5 -ffunction-sections
struct in_second { int member_of_it; } variable;
int unused(void) { return 2; }
int second_function(int argument) {
  variable.member_of_it = 1;
  return argument + variable.member_of_it;
}
//# file: three.c
//# cflags: -gdwarf-4 -ffunction-sections
int never(void) { return 2; }
int third_function(int argument) { return argument; }
//# file: four.c
//# cflags: -gdwarf-5 -gsplit-dwarf
int fourth_function(int argument) { return argument; }
