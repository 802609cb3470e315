// A static PIE relocates itself: relative relocations, no interpreter.
//# cc-link: -static-pie $IN
//# dynamic: DEBUG
//# run: stdout "hello main\n"
//# check: e_type == 3
//# no-segment: INTERP
//# segment: DYNAMIC
//# dynamic: FLAGS_1 PIE
//# reloc: R_X86_64_RELATIVE
#include <stdio.h>
static const char *name = "main";
int main(void) { printf("hello %s\n", name); return 0; }
