// A copy of a read-only variable lies in the RELRO part.
//# cflags: -fno-pic
//# shared: libb.so b.o
//# cc-link: -no-pie $IN libb.so -Wl,-z,relro
//# run: exit 7
//# segment: GNU_RELRO
//# check: dynsym(table) >= seg(GNU_RELRO)
//# check: dynsym(table) < segend(GNU_RELRO)
extern int *const table[];
int main(void) { return *table[0]; }
//# file: b.c
//# cflags: -fPIC
static int seven = 7;
int *const table[] = { &seven };
