// An archive in GNU's form, with a long member name, works like a BSD one.
//# gnu-archive: liba.a wanted_with_a_long_name.o
//# link: $IN liba.a
//# run: exit 42
int wanted(void);
int main(void) { return wanted(); }
//# file: wanted_with_a_long_name.c
int wanted(void) { return 42; }
