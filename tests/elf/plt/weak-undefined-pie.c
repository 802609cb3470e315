// What is weak and undefined is for the dynamic linker to find, unless the command line or the code says otherwise.
//# cc-link: -pie $IN
//# dynsym: missing weak undefined
//# reloc: R_X86_64_GLOB_DAT sym=missing
//# reloc: R_X86_64_64 sym=missing at=pointer
//# run: exit 0
//# unlike: lld mold -- to them it is zero
//# cc-link[not]: -pie $IN -Wl,-z,nodynamic-undefined-weak
//# no-dynsym: missing
//# run: exit 0
//# cc-link[static]: -static $IN
//# run: exit 0
//# cc-link[preloaded]: -pie $IN
//# before: echo "int missing(void) { return 7; }" > late.c; $CC -shared -fPIC late.c -o late.so
//# sh: LD_PRELOAD=./late.so ./$OUT || test $? = 7
int missing(void) __attribute__((weak));
int (*pointer)(void) = missing;
int main(void) { return missing ? missing() + (pointer != missing) : pointer != 0; }
