// A library does not find what the program keeps to itself.
//# shared: libb.so b.o
//# cc-link: $IN libb.so
//# error: hidden_one
//# error: libb.so
//# unlike: mold
__attribute__((visibility("hidden"))) int hidden_one(void) { return 1; }
int b(void);
int main(void) { return b(); }
//# file: b.c
//# cflags: -fPIC
int hidden_one(void);
int b(void) { return hidden_one(); }
