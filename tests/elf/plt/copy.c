// A copy relocation puts an imported variable, under all its names, into the executable.
//# cflags: -fno-pic
//# shared: libb.so b.o
//# cc-link: -no-pie $IN libb.so
//# run: exit 0
//# reloc: R_X86_64_COPY sym=value
//# dynsym: value defined size=8
//# dynsym: alias defined
//# check: dynsym(value) == dynsym(alias)
//# cc-link[forbidden]: -no-pie $IN libb.so -Wl,-z,nocopyreloc
//# error: value
//# unlike: bfd
extern long value;
void set(long);
long through_alias(void);
int main(void) { set(4); if (value != 4) return 1; value = 6; return through_alias() != 6; }
//# file: b.c
//# cflags: -fPIC
long value = 1;
extern long alias __attribute__((alias("value"), weak));
void set(long x) { value = x; }
long through_alias(void) { return alias; }
