// --undefined-glob brings in the members that define matching names.
//# also: start.s
//# archive: liba.a a.o b.o
//# link: $IN liba.a --undefined-glob='plug*_one'
//# symbol: plugin_one
//# absent: plugin_two
//# unlike: bfd
int main(void) { return 0; }
//# file: a.c
int plugin_one;
//# file: b.c
int plugin_two;
