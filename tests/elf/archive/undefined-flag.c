// -u NAME brings in the member that defines it.
//# also: start.s
//# archive: liba.a a.o
//# link: -u a $IN liba.a
//# symbol: a global section=.data
//# run: exit 0
//# link[joined]: -ua $IN liba.a
//# symbol: a global section=.data
int main(void) { return 0; }
//# file: a.c
int a = 1;
