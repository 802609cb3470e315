// Constructors run in a static executable, where the C library walks the linker's symbols.
//# cc-link: -static $IN
//# run: stdout "init main fini\n"
//# cc-link[pie]: -static-pie $IN
//# run: stdout "init main fini\n"
#include <stdio.h>
static __attribute__((constructor)) void init(void) { printf("init "); }
static __attribute__((destructor)) void fini(void) { puts("fini"); }
int main(void) { printf("main "); return 0; }
