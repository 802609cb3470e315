// A reference to a version of a name finds the member that defines it as the default.
//# also: start.s
//# archive: liba.a v.o
//# link: start.o version-member.o liba.a
//# run: exit 6
//# unlike: bfd lld mold -- an executable defines no versions there
__asm__(".symver f, f@V1");
int f(void);
int main(void) { return f(); }
//# file: v.c
__asm__(".symver f1, f@@V1");
int f1(void) { return 6; }
