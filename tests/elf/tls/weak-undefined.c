// An undefined weak thread-local variable links.
//# also: start.s
//# link: $IN
//# run: exit 0
extern __thread int missing __attribute__((weak));
int main(int argc, char **argv) { (void)argv; return argc > 1 ? missing : 0; }
