// --wrap leaves references within the defining file alone, since they are not undefined there.
//# also: start.s
//# cflags: -O0
//# link: $IN --wrap=f
//# run: exit 5
//# unlike: lld
int f(void) { return 5; }
int __wrap_f(void) { return 1; }
int main(void) { return f(); }
