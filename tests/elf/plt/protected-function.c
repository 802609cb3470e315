// A protected function has one address, which code that is not position-independent cannot know; calling it is fine.
//# cflags: -fno-pic
//# shared: libb.so b.o
//# cc-link: -no-pie protected-function.o libb.so
//# error: protected
//# error: function
//# cc-link[called]: -no-pie call.o libb.so
//# run: exit 3
int function(void);
int (*pointer)(void);
int main(void) { pointer = function; return pointer(); }
//# file: call.c
int function(void);
int main(void) { return function(); }
//# file: b.c
//# cflags: -fPIC
__attribute__((visibility("protected"))) int function(void) { return 3; }
