// An exception thrown in one library is caught by type in another.
//# shared: libb.so b.o --eh-frame-hdr --hash-style=gnu
//# cc-link: $IN libb.so
//# run: exit 9
//# dynamic: NEEDED libstdc++.so.6
#include "e.h"
int main() { try { thrower(9); } catch (const E &e) { return e.value; } return 1; }
//# file: e.h
struct E { virtual ~E(); int value; E(int v) : value(v) {} };
void thrower(int);
//# file: b.cc
//# cflags: -fPIC
#include "e.h"
E::~E() {}
void thrower(int x) { E *p = new E(x); int v = p->value; delete p; throw E(v); }
