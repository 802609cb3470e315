// --gc-sections keeps what the entry point reaches and drops the rest, with its symbols.
//# also: start.s
//# cflags: -ffunction-sections -fdata-sections -fno-inline
//# link: $IN --gc-sections
//# run: exit 3
//# symbol: used
//# symbol: used_data
//# absent: unused unused_data only_by_unused
//# link[kept]: $IN --no-gc-sections
//# symbol: unused
//# link[root]: $IN --gc-sections -u unused
//# symbol: unused
//# symbol: only_by_unused
int used_data = 3, unused_data = 4;
int only_by_unused(void) { return 1; }
int unused(void) { return only_by_unused() + 1; }
int used(void) { return used_data; }
int main(void) { return used(); }
