// Undefined symbols are listed as Apple's linker lists them: build systems read the block and the line below it.
//# cflags: -g0
//# lld: differs because it words it otherwise
//# archive: libm.a member.o
//# sh: ! $LD -arch arm64 -platform_version macos 13.0 13.0 -syslibroot $SDK main.o libm.a -lSystem -u _forced -o bad 2> said; diff expected said
//# sh: test ! -e bad
//# link: main.o libm.a
//# error: symbol(s) not found for architecture arm64
//# file: main.c
int member(void), first(void), second(void);
int (*pointer)(void) = second;
int main(void) { return member() + first() + second(); }
//# file: member.c
int first(void);
int member(void) { return first(); }
//# file: expected
Undefined symbols for architecture arm64:
  "_first", referenced from:
      _main in main.o
      _member in libm.a(member.o)
  "_forced", referenced from:
     -u command line option
  "_second", referenced from:
      _main in main.o
      _pointer in main.o
ld: symbol(s) not found for architecture arm64
