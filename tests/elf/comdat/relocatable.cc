// -r keeps one copy of a COMDAT group, as a group.
//# link: -r $IN
//# section: .group type=GROUP count=1
//# section: .text._Z1fv flags=AXG
//# symbol: _Z1fv weak section=.text._Z1fv
inline int f() { return 1; }
int (*a)() = f;
//# file: b.cc
inline int f() { return 1; }
int (*b)() = f;
