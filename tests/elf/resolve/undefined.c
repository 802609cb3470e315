// An undefined symbol is reported once, with the places that refer to it.
//# also: start.s
//# link: $IN
//# error: undefined symbol: missing
//# error: undefined.o:(.text+0x
//# error: more times
//# error: undefined symbol: other_missing
//# error: (.data
//# link[ignored]: $IN --unresolved-symbols=ignore-all
//# run: exit 0
//# link[warned]: $IN --warn-unresolved-symbols
//# warning: undefined symbol: missing
//# run: exit 0
int missing(void);
extern int other_missing;
int *pointer = &other_missing;
int never(void) { return missing() + missing() + missing() + missing() + missing() + missing() + missing(); }
int main(void) { return pointer != 0; }
