// Cold functions go behind the others.
//# cflags: -O2
//# lld: differs because it leaves them in place
//# link: $IN
//# run: exit 42
//# order: _last _main _rare
__attribute__((cold, noinline)) int rare(int x) { return x * 5; }
__attribute__((noinline)) int last(int x) { return x + 1; }
int main(int argc, char **argv) { return argc > 5 ? rare(argc) : last(argc) + 40; }
