// A fat LTO object links by its machine code, without the IR.
//# also: start.s
//# cflags: -flto -ffat-lto-objects
//# link: $IN
//# run: exit 5
int main(void) { return 5; }
