// environ, __environ and _environ stay one variable after a copy relocation.
//# cflags: -fno-pic
//# cc-link: -no-pie $IN
//# run: exit 0
//# reloc: R_X86_64_COPY count=1
#include <stdlib.h>
extern char **environ;
static char *own[] = { "A=b", 0 };
int main(void) { environ = own; return !getenv("A") || getenv("A")[0] != 'b'; }
