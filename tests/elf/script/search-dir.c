// SEARCH_DIR adds to where -l looks, and a symbol assignment defines a symbol.
//# also: start.s
//# archive: sub/liba.a a.o
//# link: $IN fake.ld -la
//# run: exit 9
//# symbol: eight absolute value=8
//# unlike: lld
extern char eight[];
int a(void);
int main(void) { return a() + (int)(long)eight; }
//# file: sub/nothing.txt
//# file: a.c
int a(void) { return 1; }
//# file: fake.ld
SEARCH_DIR(sub)
eight = 8;
