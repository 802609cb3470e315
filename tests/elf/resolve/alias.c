// Aliases, weak aliases and symbols of equal address keep their own size, type and binding.
//# also: start.s
//# link: $IN
//# run: exit 10
//# symbol: f global func value=g
//# symbol: weak_f weak func value=g
//# symbol: g global func
int g(void) { return 5; }
int f(void) __attribute__((alias("g")));
int weak_f(void) __attribute__((weak, alias("g")));
int main(void) { return f() + weak_f(); }
