// C++ that was meant to be C, and C that was meant to be C++, are told of; and what an undefined vtable means.
//# cflags: -fno-exceptions -fno-rtti
//# link: $IN -demangle
//# error: "as_cxx(int)", referenced from:
//# error: (maybe you meant: _as_cxx)
//# error: NOTE: that one is a C function: declare it extern "C" where it is used
//# error: "_as_c", referenced from:
//# error: (maybe you meant: as_c(int))
//# error: NOTE: that one is not declared extern "C" where it is defined
//# error: "vtable for Shape", referenced from:
//# error: NOTE: a missing vtable usually means the first non-inline virtual member function has no definition.
struct Shape { virtual int area(); };
int as_cxx(int);
extern "C" int as_c(int);
int main() { static Shape shape; return as_cxx(1) + as_c(2); }
Shape *make() { return new Shape; }
//# file: other.cpp
extern "C" int as_cxx(int x) { return x; }
int as_c(int x) { return x; }
