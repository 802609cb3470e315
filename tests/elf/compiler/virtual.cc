// Virtual inheritance, thunks, RTTI and inline variables, in several files and a library.
//# cc: gcc clang
//# cflags: -fPIC
//# before: $CXX -shared -o libshape.so shape.o
//# cc-link: virtual.o other.o libshape.so
//# run: exit 15
#include "shape.h"
int other(Shape &s);
int main() { Square s(3); Shape &base = s; return base.area() + other(s) - counter; }
//# file: shape.h
struct Shape { virtual ~Shape(); virtual int area() const = 0; };
struct Named { virtual ~Named() {} virtual const char *name() const { return "named"; } };
struct Square : virtual Shape, Named { int side; explicit Square(int n); int area() const override; };
inline int counter = 3;
//# file: shape.cc
#include "shape.h"
Shape::~Shape() {}
Square::Square(int n) : side(n) {}
int Square::area() const { return side * side; }
//# file: other.cc
#include "shape.h"
int other(Shape &s) { return dynamic_cast<Square &>(s).area() + (dynamic_cast<Named *>(&s) ? 0 : 100); }
