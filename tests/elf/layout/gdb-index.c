// --gdb-index writes an index that gdb uses.
//# also: start.s
//# cflags: -g -ggnu-pubnames -gdwarf-4
//# needs: gdb
//# link: $IN --gdb-index
//# section: .gdb_index
//# sh: gdb -nx -batch -ex 'info line indexed_function' out | grep -q 'gdb-index.c'
//# unlike: bfd
int indexed_function(void) { return 1; }
int main(void) { return 0; }
