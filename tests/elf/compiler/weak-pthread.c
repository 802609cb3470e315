// Weak references into the C library find their definitions, or zero, as the library's own do.
//# cc-link: $IN
//# run: exit 1
//# cc-link[static]: -static $IN
//# run: exit 0
extern int pthread_create() __attribute__((weak));
extern int certainly_nowhere() __attribute__((weak));
int main(void) { return (pthread_create != 0) + 2 * (certainly_nowhere != 0); }
