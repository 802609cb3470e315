// Descriptors of the module itself (clang's form of local dynamic) fit the offsets that go with them, relaxed or not.
//# cc: clang
//# cflags: -O2 -fPIC -mtls-dialect=gnu2
//# cc-link: $IN
//# run: exit 0
//# cc-link[static]: -static $IN
//# run: exit 0
//# cc-link[pie]: -pie $IN
//# run: exit 0
__thread int pad[9] = { 1 };
__attribute__((visibility("hidden"))) extern __thread int a, b;
int *address(int which);
int main(void) { a = 3; return !(&a == address(0) && &b == address(1) && *address(0) == 3 && b == 5); }
//# file: b.c
__attribute__((visibility("hidden"))) __thread int a = 4, b = 5;
int *address(int which) { return which ? &b : &a; }
