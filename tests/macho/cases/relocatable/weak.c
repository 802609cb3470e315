// Of weak definitions one stays; what only the others needed is not asked for, and a local name of theirs means it.
//# object: merged.o first.o second.o
//# link: main.o merged.o
//# compare: sections because a call of a weak function may be bound lazily or not
//# run: exit 42
//# link[r]: -r first.o second.o
//# lld: differs because it has no -r
//# symbol: _both weak-def external count=1
//# symbol: _needed_by_first undefined
//# absent: _needed_by_second
//# section: __TEXT,__text size=28
//# symbol: _use_second external
//# symbol: _same local
//# check: _same == _both
//# file: main.c
int both(void), use_first(void), use_second(void), needed_by_first;
int main(void) { return both() + use_first() + use_second(); }
//# file: first.c
extern int needed_by_first;
__attribute__((weak)) int both(void) { return 14 + needed_by_first; }
//# file: second.s
        .globl _both, _use_first, _use_second
        .weak_definition _both
        .text
        .p2align 2
_both:
_same:  b _needed_by_second
_use_first: b _both
_use_second: b _same
        .subsections_via_symbols
