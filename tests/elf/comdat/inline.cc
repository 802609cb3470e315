// Of equal COMDAT groups the first is kept, as a whole, and shared by all.
//# cc-link: $IN
//# run: exit 0
//# symbol: _ZZ7countervE1n count=1
inline int &counter() { static int n; return n; }
int *other();
int main() { counter() = 5; return *other() != 5 || &counter() != other(); }
//# file: b.cc
inline int &counter() { static int n; return n; }
int *other() { return &counter(); }
