// -Map of -r tells where in the output section each input went; --cref and --print-gc-sections work as in any link.
//# cflags: -O1 -ffunction-sections -fno-asynchronous-unwind-tables
//# link[map]: -r $IN -Map=out.map --cref
//# sh: grep -Eq '^ +0 +0 +8 +4 \.data$' out.map
//# sh: grep -Eq '^ +4 +4 +4 +4 +b\.o:\(\.data\)$' out.map
//# sh: grep -Eq '^ +4 +4 +4 +1 +second$' out.map
//# file-has: out.map "\nused                                              b.o\n                                                  reports.o\n"
//# link[unused]: -r $IN --gc-sections -u entry --print-gc-sections
//# prints: removing unused section b.o:(.text.unused)
//# silent: .text.used
int used(void);
int first = 1;
int entry(void) { return used() + first; }
//# file: b.c
int second = 2;
int used(void) { return second; }
int unused(void) { return 3; }
