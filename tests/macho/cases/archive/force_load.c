// -force_load takes all members of one archive, -all_load those of all.
//# archive: liba.a a.o
//# archive: libb.a b.o
//# link: main.o -force_load liba.a libb.a
//# symbol: _a external
//# absent: _b
//# link[all]: main.o liba.a libb.a -all_load
//# symbol: _a external
//# symbol: _b external
//# link[none]: main.o liba.a libb.a
//# absent: _a _b
//# file: main.c
int main(void) { return 0; }
//# file: a.c
int a = 1;
//# file: b.c
int b = 1;
