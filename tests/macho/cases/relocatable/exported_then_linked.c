// Two objects whose private names are the same link together after -r; without -r they do not.
//# object: one.o -exported_symbol _one a.o
//# object: two.o -exported_symbol _two -x b.o
//# link: main.o one.o two.o
//# run: exit 42
//# file: main.c
int one(void), two(void);
int main(void) { return one() + two(); }
//# file: a.c
__attribute__((noinline)) int same(void) { return 20; }
int one(void) { return same(); }
//# file: b.c
__attribute__((noinline)) int same(void) { return 22; }
int two(void) { return same(); }
