// --retain-symbols-file with -r leaves only the names listed, and what relocations and the final link need.
//# link: -r $IN --retain-symbols-file names
//# symbol: entry global func
//# symbol: used global func
//# symbol: elsewhere global undefined
//# absent: unused kept_local
int used(void);
int entry(void) { return used(); }
//# file: b.c
int elsewhere(void);
static int __attribute__((used)) kept_local;
int used(void) { return elsewhere(); }
int unused(void) { return 3; }
//# file: names
entry
