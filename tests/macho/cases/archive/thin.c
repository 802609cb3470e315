// A thin archive's members are files of their own, found from its folder; they come in as needed.
//# before: mkdir sub; cp part.o sub/; llvm-ar-19 --format=gnu --thin rcsD sub/thin.a sub/part.o
//# link: main.o sub/thin.a
//# run: exit 42
//# symbol: _part external
//# file: main.c
int part(void);
int main(void) { return part(); }
//# file: part.c
int part(void) { return 42; }
