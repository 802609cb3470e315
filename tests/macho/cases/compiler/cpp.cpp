// A C++ program through the compiler driver: constructors, a template in two objects, virtual calls, a string.
//# needs: libc++
//# lld: differs because its lazy pointers of weak functions point to those
//# cc-link: $IN
//# run: exit 42 stdout "made 40\n"
//# symbol: __ZZ5countvE1n weak-def
//# command: LC_LOAD_DYLIB /usr/lib/libc++.1.dylib
extern "C" int printf(const char *, ...);
struct Base { virtual ~Base() {} virtual int value() = 0; };
struct Derived : Base { int value() override { return 40; } };
inline int &count() { static int n = 1; return n; }
template <class T> T add(T a, T b) { return a + b; }
int other();
static struct Global { Base *made = new Derived; Global() { printf("made %d\n", made->value()); } } global;
int main() { count()++; return add(global.made->value(), other()); }
//# file: other.cpp
inline int &count() { static int n = 1; return n; }
template <class T> T add(T a, T b) { return a + b; }
int other() { return add(count(), 0); }
