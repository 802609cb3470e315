// A common symbol that a library defines too is as large as the library thinks.
//# cflags: -fcommon
//# shared: libb.so b.o
//# cc-link: $IN libb.so
//# run: exit 0
//# symbol: shared size=16
//# dynsym: shared object defined
//# unlike: bfd mold -- they take the library's
int shared;
int *theirs(void);
int main(void) { shared = 5; return !(theirs() == &shared && theirs()[3] == 0); }
//# file: b.c
//# cflags: -fPIC
int shared[4] = { 1, 2, 3, 4 };
int *theirs(void) { return shared; }
