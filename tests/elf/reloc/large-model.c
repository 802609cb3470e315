// The large model's sections lie far from the small ones, and 64-bit GOT relocations reach them.
//# cflags: -mcmodel=large -fno-pic -O1
//# also: start.s
//# link: $IN
//# run: exit 6
//# link[pic]: -shared pic.o
//# dynsym: table
//# unlike: lld
static int big[1 << 20] = { 1 };
int other(int);
int main(void) { return big[0] + other(2); }
//# file: pic.c
//# cflags: -mcmodel=large -fPIC
int table[1 << 16] = { 3 };
int other(int x) { return table[0] + x; }
