// AddressSanitizer: preinit object, whole runtime, instrumented globals in order.
//# cflags: -fsanitize=address -g
//# cc-link: $IN -fsanitize=address
//# run: exit 0 env ASAN_OPTIONS=detect_leaks=0
//# sh: ASAN_OPTIONS=detect_leaks=0 ./out overflow 2>log && exit 1; grep -q 'global-buffer-overflow' log && grep -q asan.c log
int global[4];
int main(int argc, char **argv) { (void)argv; return global[argc == 1 ? 0 : argc + 3]; }
