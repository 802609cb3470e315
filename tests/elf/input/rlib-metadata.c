// A Rust library's metadata member, which is no object, is skipped without a word.
//# also: start.s
//# before: printf 'rust\0\0\0\0metadata' > lib.rmeta; ar rcs libr.rlib lib.rmeta a.o; rm lib.rmeta
//# link: rlib-metadata.o start.o libr.rlib
//# run: exit 4
//# link[whole]: rlib-metadata.o start.o --whole-archive libr.rlib
//# run: exit 4
//# unlike: bfd lld mold
int a(void);
int main(void) { return a(); }
//# file: a.c
int a(void) { return 4; }
