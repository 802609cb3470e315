// .preinit_array runs first in an executable.
//# cc-link: $IN
//# run: stdout "pre init main\n"
//# dynamic: PREINIT_ARRAYSZ 8
#include <unistd.h>
static void pre(void) { write(1, "pre ", 4); }
static __attribute__((constructor)) void init(void) { write(1, "init ", 5); }
static void (*const entry)(void) __attribute__((section(".preinit_array"), used)) = pre;
int main(void) { return write(1, "main\n", 5) != 5; }
