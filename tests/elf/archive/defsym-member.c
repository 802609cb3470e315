// The target of --defsym, of -init and of --wrap's replacement may be members.
//# also: start.s
//# archive: liba.a a.o
//# link: $IN liba.a --defsym=alias=a
//# unlike: bfd
//# run: exit 8
//# symbol: alias value=a
int alias(void);
int main(void) { return alias(); }
//# file: a.c
int a(void) { return 8; }
