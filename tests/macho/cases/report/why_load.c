// -why_load says which symbol pulled a member in.
//# archive: liba.a a.o
//# link: main.o liba.a -why_load
//# prints: _a forced load of liba.a(a.o)
//# file: main.c
int a(void);
int main(void) { return a(); }
//# file: a.c
int a(void) { return 1; }
