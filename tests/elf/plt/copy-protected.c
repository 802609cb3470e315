// A protected variable cannot be copied: its own library would not see the copy.
//# cflags: -fno-pic
//# shared: libb.so b.o
//# cc-link: -no-pie $IN libb.so
//# error: value
//# error: protected
//# unlike: bfd
extern int value;
int main(void) { return value; }
//# file: b.c
//# cflags: -fPIC
__attribute__((visibility("protected"))) int value = 1;
