// --icf=safe folds functions that are only called; of an object that does not say so, every function stays.
//# link: said.o unsaid.o main.o --icf=safe
//# run: exit 42
//# lld: differs because it folds what does not say anything
//# check: _one == _two
//# check: _three != _one
//# check: _four != _three
//# no-section: __DATA,__llvm_addrsig
//# file: said.c
//# cflags: -faddrsig
int one(int x) { return x * 3 + 5; }
int two(int x) { return x * 3 + 5; }
//# file: unsaid.c
//# cflags: -fno-addrsig
int three(int x) { return x * 3 + 5; }
int four(int x) { return x * 3 + 5; }
//# file: main.c
//# cflags: -faddrsig
int one(int), two(int), three(int), four(int);
int main(void) { return one(1) + two(2) + three(0) + four(6) - 5; }
