# A name that stands for another one (N_INDR) still does after -r, and means what the final link finds.
//# object: merged.o go.o
//# object: twice.o merged.o
//# link: main.o twice.o
//# lld: differs because it resolves such names to nothing
//# run: exit 42
//# link[r]: -r go.o
//# lld: differs because it has no -r
//# symbol: _name indirect external
//# file: go.s
        .globl _name, _go
        .text
_name = _outside
_go:    b _name
        .subsections_via_symbols
//# file: main.c
int outside(void) { return 42; }
int go(void);
int main(void) { return go(); }
