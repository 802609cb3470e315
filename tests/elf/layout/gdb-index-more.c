// .gdb_index has each unit, its addresses and its names; gdb finds functions by name and by address with it.
//# also: start.s
//# needs: gdb
//# cflags: -g -ggnu-pubnames -O0
//# run: exit 7
//# link[dwarf5]: $IN --gdb-index
//# sh: readelf --debug-dump=gdb_index $OUT | grep -q 'CU table'
//# sh: readelf --debug-dump=gdb_index $OUT | grep -q 'second_function: 1 '
//# sh: gdb -nx -batch -ex 'info line second_function' -ex 'info symbol second_function' -ex 'ptype struct in_second' $OUT > gdb.txt; grep -q 'Line . of "b.c"' gdb.txt; grep -q 'int member_of_it' gdb.txt
//# sh: gdb -nx -batch -ex 'break second_function' -ex run -ex bt $OUT | grep -q 'second_function (argument=6) at b.c'
//# unlike: bfd
//# link[compressed]: $IN --gdb-index --compress-debug-sections=zlib
//# sh: gdb -nx -batch -ex 'break second_function' -ex run -ex bt $OUT | grep -q 'second_function (argument=6) at b.c'
//# unlike: bfd
//# link[stripped]: $IN --gdb-index -S
//# no-section: .gdb_index
//# unlike: bfd
int second_function(int argument);
static int first_static(int x) { return x; }
int main(void) { return second_function(first_static(6)); }
//# file: b.c
struct in_second { int member_of_it; } variable;
int second_function(int argument) {
  variable.member_of_it = 1;
  return argument + variable.member_of_it;
}
