// Of a universal object, and of an archive in a universal file, the slice for -arch is taken.
//# before: $CC --target=x86_64-apple-macos13 -isysroot $SDK -c a.c -o a86.o
//# before: llvm-ar-19 --format=darwin rcsD b86.a a86.o; llvm-ar-19 --format=darwin rcsD barm.a b.o
//# fat: a.fat a.o a86.o
//# fat: libb.a barm.a b86.a
//# link: main.o a.fat libb.a
//# run: exit 42
//# file: main.c
int a(void), b(void);
int main(void) { return a() + b(); }
//# file: a.c
int a(void) { return 40; }
//# file: b.c
int b(void) { return 2; }
