// Duplicate symbols are listed as Apple's linker lists them, each with all files that define it, and counted below.
//# lld: differs because it words it otherwise
//# archive: liba.a member.o
//# sh: ! $LD -arch arm64 -platform_version macos 13.0 13.0 -syslibroot $SDK main.o b.o c.o -force_load liba.a -lSystem -o bad 2> said; diff expected said
//# link: main.o b.o c.o
//# error: 1 duplicate symbol for architecture arm64
//# file: main.c
int twice(void) { return 1; }
int main(void) { return twice(); }
//# file: b.c
int once(void) { return 1; }
//# file: c.c
int twice(void) { return 1; }
//# file: member.c
int twice(void) { return 1; }
int once(void) { return 1; }
//# file: expected
duplicate symbol '_twice' in:
    main.o
    c.o
    liba.a(member.o)
duplicate symbol '_once' in:
    b.o
    liba.a(member.o)
ld: 2 duplicate symbols for architecture arm64
