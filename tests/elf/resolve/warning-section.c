// .gnu.warning.NAME is printed once when NAME is referred to, and the section is not copied.
//# also: start.s
//# unlike: lld mold
//# link: $IN
//# warning: f is dangerous
//# no-section: .gnu.warning.f
//# run: exit 1
//# link[unused]: b.o c.o start.o
//# silent: dangerous
//# run: exit 0
int f(void);
int main(void) { return f() - f() + 1; }
//# file: b.c
int f(void) { return 5; }
__attribute__((section(".gnu.warning.f"))) const char text[] = "f is dangerous";
//# file: c.c
__attribute__((weak)) int main(void) { return 0; }
