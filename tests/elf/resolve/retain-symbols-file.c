// --retain-symbols-file keeps only the names listed in .symtab.
//# also: start.s
//# link: $IN --retain-symbols-file keep.txt
//# symbol: wanted global
//# absent: unwanted
//# run: exit 3
//# unlike: lld mold
int wanted = 1, unwanted = 2;
int main(void) { return wanted + unwanted; }
//# file: keep.txt
wanted
main
