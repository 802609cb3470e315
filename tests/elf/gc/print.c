// --print-gc-sections lists what was dropped, by file and section.
//# also: start.s
//# cflags: -ffunction-sections
//# link: $IN --gc-sections --print-gc-sections
//# prints: print.o:(.text.unused)
//# warning: 
int unused(void) { return 1; }
int main(void) { return 0; }
