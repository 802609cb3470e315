// A PIE that refers directly to an imported variable gets a copy relocation too.
//# cflags: -fPIE -O2
//# shared: libb.so b.o
//# cc-link: -pie $IN libb.so
//# run: exit 3
extern int value;
int main(void) { return value; }
//# file: b.c
//# cflags: -fPIC
int value = 3;
