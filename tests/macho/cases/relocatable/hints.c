// Optimization hints and data in code move with the code that they are about.
//# object: merged.o first.o second.o table.o
//# link: merged.o main.o
//# run: exit 42
//# data-in-code: 1
//# disasm: _second contains ldr w0
//# disasm: _second contains nop
//# link[r]: -r first.o second.o table.o
//# lld: differs because it has no -r
//# command: LC_LINKER_OPTIMIZATION_HINT
//# command: LC_DATA_IN_CODE
//# file: main.c
int first(void), second(void), table(void);
int main(void) { return first() + second() + table(); }
//# file: first.c
static volatile int one = 20;
int first(void) { return one; }
//# file: second.c
static volatile int two = 21;
int second(void) { return two; }
//# file: table.s
        .globl _table
        .text
        .p2align 2
_table: ldr w0, Ldata
        ret
        .data_region
Ldata:  .long 1
        .end_data_region
        .subsections_via_symbols
