// A weak reference to a library's symbol is a weak import; the symbol says so too.
//# link: $IN
//# compare: libraries because lld loads no library weakly of its own accord that the binder comes from
//# run: exit 42
//# import: _puts from libSystem weak
//# symbol: _puts undefined weak-ref
extern int puts(const char *) __attribute__((weak_import));
int main(void) { return puts ? 42 : 1; }
