// In a shared object an undefined weak symbol stays to be found at run time.
//# cflags: -fPIC
//# link: -shared $IN
//# dynsym: missing weak undefined
//# link[zero]: -shared $IN -z nodynamic-undefined-weak
//# no-dynsym: missing
//# unlike: lld -- it knows the keyword not
int missing(void) __attribute__((weak));
int f(void) { return missing ? missing() : 0; }
