// --end-lib without --start-lib is an error.
//# also: start.s
//# link: $IN --end-lib
//# error: end-lib
//# unlike: bfd
int main(void) { return 0; }
