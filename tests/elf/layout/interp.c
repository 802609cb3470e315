// -dynamic-linker makes PT_INTERP in dynamic executables only, and --no-dynamic-linker takes it away.
//# also: start.s
//# shared: libb.so b.o -soname libb.so
//# link: $IN libb.so -dynamic-linker /lib/some-loader.so
//# contains: .interp "/lib/some-loader.so\0"
//# segment: PHDR
//# link[pie]: $IN -pie --dynamic-linker=/lib/other.so
//# contains: .interp "/lib/other.so\0"
//# link[none]: $IN -pie --no-dynamic-linker
//# no-segment: INTERP
//# link[static]: $IN -static
//# no-segment: INTERP
int main(void) { return 0; }
//# file: b.c
//# cflags: -fPIC
int b;
