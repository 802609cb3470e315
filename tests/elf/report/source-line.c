// With debug information an undefined reference names the source line.
//# also: start.s
//# cflags: -g
//# link: $IN
//# error: source-line.c:8
//# error: source-line.o:(.text+0x
int missing(void);
int main(void) { return missing(); }
