// Objects with DWARF leave a debug map: SO, OSO, FUN, GSYM and STSYM entries in dsymutil's order; -S leaves it out.
//# cflags: -g
//# link: $IN
//# symbol: _main stab=36
//# symbol: _global stab=32
//# symbol: _local stab=38
//# symbol: $DIR/stabs.o stab=102
//# sh: dsymutil-19 -o out.dSYM out && llvm-dwarfdump-19 --name=main out.dSYM | grep -q DW_AT_low_pc
//# link[stripped]: $IN -S
//# symbol: _main stab=36 count=0
//# symbol: _local local
int global = 1;
static int local = 2;
int main(void) { return global + local++; }
