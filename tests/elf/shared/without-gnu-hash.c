// A library that the dynamic linker searches by its old hash table is read as any other, beside one with the new table.
//# shared: libold.so old.o --hash-style=sysv -soname libold.so
//# shared: libnew.so new.o --hash-style=gnu -soname libnew.so
//# cc-link: $IN libold.so libnew.so
//# run: exit 42
//# dynsym: shared_name defined
//# dynsym: old_name undefined
//# dynsym: new_name undefined
//# same-as: bfd run needed
int shared_name(void) { return 2; }
int old_name(void), new_name(void);
int main(void) { return old_name() + new_name(); }
//# file: old.c
//# cflags: -fPIC
int shared_name(void) { return 100; }
int old_name(void) { return 10 * shared_name(); }
//# file: new.c
//# cflags: -fPIC
int shared_name(void) { return 200; }
int new_name(void) { return 11 * shared_name(); }
