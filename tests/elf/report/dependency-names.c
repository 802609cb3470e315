// A dependency file names scripts and lists too, once each, with odd names as make reads them.
//# also: start.s
//# link: -shared $IN @names.rsp --version-script=map.v --dynamic-list=list.d -o out --dependency-file=out.d
//# before: cp b.o 'odd name.o'
//# file-has: out.d "map.v"
//# file-has: out.d "list.d"
//# file-has: out.d "odd\\ name.o"
//# file-has: out.d "\nmap.v:\n"
int f(void) { return 0; }
//# file: map.v
V1 { global: f; local: *; };
//# file: list.d
{ f; };
//# file: names.rsp
"odd name.o"
//# file: b.c
__attribute__((weak)) int g(void) { return 0; }
