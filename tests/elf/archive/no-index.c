// An archive without a symbol index, or with members that are not objects, links.
//# also: start.s
//# before: printf 'just text, odd' > notes.txt; ar rcS liba.a notes.txt a.o
//# link: start.o no-index.o liba.a
//# run: exit 4
//# unlike: bfd mold
int a(void);
int main(void) { return a(); }
//# file: a.c
int a(void) { return 4; }
