// Function starts list every function, -no_function_starts none.
//# link: $IN
//# function-starts: _one _two _three _main count=4
//# command: LC_FUNCTION_STARTS
//# link[none]: $IN -no_function_starts
//# no-command: LC_FUNCTION_STARTS
__attribute__((noinline)) static int one(int x) { return x ^ 5; }
int two(int x) { return one(x) + one(x + 1); }
__attribute__((visibility("hidden"))) int three(int x) { return x * two(x); }
int main(void) { return 0; }
