// A section of more strings than one job splits: each is found, once, whether its characters are narrow or wide.
//# also: start.s
//# link: $IN
//# run: exit 0
//# contains: .rodata "a string of some length, number 29999\0" count=1
//# contains: .rodata "a string of some length, number 13000\0" count=1
extern const char *const narrow[], *const again[];
extern const int *const wide[];
static int number(const char *text) {
    const char *expected = "a string of some length, number ";
    int value = 0;
    while (*expected)
        if (*text++ != *expected++) return -1;
    while (*text) value = value * 10 + *text++ - '0';
    return value;
}
int main(void) {
    for (int i = 0; i < 30000; i++)
        if (number(narrow[i]) != i || again[i] != narrow[i] + 2) return 1;
    for (int i = 0; i < 50000; i++)
        if (wide[i][0] != 'w' || wide[i][1] != i + 1 || wide[i][2] != 0) return 2;
    return 0;
}
//# file: table.inc
        .altmacro
        .macro string index
        .section .rodata.str,"aMS",@progbits,1
str\index:  .asciz "a string of some length, number \index"
        .section .data.rel.ro,"aw"
        .quad str\index + skipped
        .endm
        .set i, 0
        .rept 30000
        string %i
        .set i, i + 1
        .endr
//# file: narrow.s
        .globl narrow
        .section .data.rel.ro,"aw"
narrow:
        .set skipped, 0
        .include "table.inc"
//# file: again.s
        .globl again
        .section .data.rel.ro,"aw"
again:
        .set skipped, 2
        .include "table.inc"
//# file: wide.s
        .altmacro
        .macro string index
        .section .rodata.wide,"aMS",@progbits,4
str\index:  .long 'w', \index + 1, 0
        .section .data.rel.ro,"aw"
        .quad str\index
        .endm
        .globl wide
        .section .data.rel.ro,"aw"
wide:
        .set i, 0
        .rept 50000
        string %i
        .set i, i + 1
        .endr
