// Two strong definitions are an error that names both files and sections.
//# also: start.s
//# link: $IN
//# error: duplicate symbol: value
//# error: a.o:(.data
//# error: b.o:(.data
//# link[allowed]: $IN --allow-multiple-definition
//# run: exit 1
//# link[keyword]: $IN -z muldefs
//# run: exit 1
int main(void) { extern int value; return value; }
//# file: a.c
int value = 1;
//# file: b.c
int value = 2;
