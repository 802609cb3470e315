// --end-lib and --end-group need their beginnings; an open group at the end is an error or harmless.
//# also: start.s
//# link: $IN --end-lib
//# error: end-lib
//# link[group]: $IN --end-group
//# error: end-group
//# unlike: bfd
int main(void) { return 0; }
