// ThreadSanitizer's runtime with its huge .bss and preinit hooks.
//# cflags: -fsanitize=thread -g
//# cc-link: $IN -fsanitize=thread
//# sh: setarch -R ./out >log 2>&1; true
//# dynamic: NEEDED libtsan.so.2
#include <thread>
int value;
int main() { std::thread t([] { value++; }); t.join(); return 0; }
