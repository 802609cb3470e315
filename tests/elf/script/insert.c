// INSERT AFTER adds an output section to the default layout.
//# also: start.s
//# link: $IN -T extra.ld
//# run: exit 3
//# section: .table
//# check: table_start == addr(.table)
//# check: table_end == end(.table)
extern int table_start[], table_end[];
__attribute__((section("entries"))) int one = 1;
__attribute__((section("entries"))) int two = 2;
int main(void) { int sum = 0; for (int *p = table_start; p < table_end; p++) sum += *p; return sum; }
//# file: extra.ld
SECTIONS { .table : { table_start = .; KEEP(*(entries)) table_end = .; } } INSERT AFTER .data;
