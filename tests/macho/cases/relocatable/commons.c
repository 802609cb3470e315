// Tentative definitions stay tentative, of the largest size and alignment; -d makes room for them.
//# object: merged.o first.o second.o
//# object: room.o -d first.o second.o
//# link: main.o merged.o
//# compare: symbols functions because a private tentative definition has no symbol in the end
//# run: exit 42
//# link[room]: main.o room.o
//# run: exit 42
//# link[r]: -r first.o second.o
//# lld: differs because it has no -r
//# symbol: _open common external desc=0x600 value=64
//# symbol: _closed external section=__DATA,__data
//# symbol: _inside common private
//# no-section: __DATA,__common
//# link[d]: -r -d first.o second.o
//# lld: differs because it has no -r
//# symbol: _open external section=__DATA,__common
//# symbol: _inside local private section=__DATA,__common
//# section: __DATA,__common type=S_ZEROFILL align=0x40
//# file: main.c
extern int open[16], closed;
int *inner(void);
int main(void) { return open[15] + closed + *inner(); }
//# file: first.s
        .comm _open, 8, 3
        .comm _closed, 4, 2
        .private_extern _inside
        .comm _inside, 4, 2
        .globl _inner
        .text
        .p2align 2
_inner: adrp x0, _inside@GOTPAGE
        ldr x0, [x0, _inside@GOTPAGEOFF]
        ret
        .subsections_via_symbols
//# file: second.s
        .comm _open, 64, 6
        .globl _closed
        .data
        .p2align 2
_closed: .long 42
        .subsections_via_symbols
