// -r leaves commons common; -d allocates them.
//# cflags: -fcommon
//# link: -r $IN
//# symbol: value global common size=8
//# link[defined]: -r -d $IN
//# symbol: value global section=.bss
//# unlike: lld
int value;
//# file: b.c
long value;
