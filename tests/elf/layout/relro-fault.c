// Writing to RELRO data faults.
//# cc-link: $IN -Wl,-z,relro,-z,now
//# run: exit 77
#include <signal.h>
#include <unistd.h>
static int x;
static int *const pointer[] = { &x };
static void fault(int s) { (void)s; _exit(77); }
int main(void) { signal(SIGSEGV, fault); *(int *volatile *)pointer = 0; return 1; }
