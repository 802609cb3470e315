// The debug map of -r names the inputs, and the final link passes it on: dsymutil finds their debug information.
//# cflags: -g
//# object: merged.o first.o second.o
//# link: main.o merged.o
//# run: exit 42
//# lld: differs because it passes no debug map on
//# symbol: _first stab=36
//# symbol: _own_value stab=38
//# sh: dsymutil-19 out -o out.dSYM 2>&1 && llvm-dwarfdump-19 --debug-info out.dSYM | grep -A3 subprogram > names
//# sh: grep -q '"first"' names && grep -q '"second"' names
//# link[r]: -r first.o second.o
//# lld: differs because it has no -r
//# symbol: _first stab=36 section=__TEXT,__text
//# symbol: _hidden_value stab=38
//# symbol: _shown_value stab=32
//# sh: llvm-nm-19 -ap out | grep OSO | grep -q second.o
//# command: LC_UUID
//# no-section: __DWARF,__debug_info
//# link[S]: -r -S first.o second.o
//# lld: differs because it has no -r
//# sh: ! llvm-nm-19 -ap out | grep OSO || false
//# link[no_uuid]: -r -no_uuid first.o second.o
//# lld: differs because it has no -r
//# no-command: LC_UUID
//# file: main.c
int first(void), second(void);
int main(void) { return first() + second(); }
//# file: first.c
static int own_value = 20;
__attribute__((visibility("hidden"))) int hidden_value = 2;
int shown_value = 3;
int first(void) { return own_value += hidden_value; }
//# file: second.c
extern int shown_value;
int second(void) { return shown_value + 17; }
