// --trace-symbol tells where a name is referred to and defined.
//# also: start.s
//# link: $IN -y f
//# prints: trace-symbol.o: reference to f
//# prints: b.o: definition of f
int f(void);
int main(void) { return f(); }
//# file: b.c
int f(void) { return 5; }
