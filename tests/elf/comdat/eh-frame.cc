// Unwind records of dropped COMDAT code go with it; exceptions still work.
//# cc: gcc clang
//# cc-link: $IN
//# run: exit 7
inline int f(int x) { if (x) throw x; return 0; }
int other(int);
int main(int argc, char **) { try { f(0); return other(argc + 6); } catch (int x) { return x; } }
//# file: b.cc
inline int f(int x) { if (x) throw x; return 0; }
int other(int x) { return f(x); }
