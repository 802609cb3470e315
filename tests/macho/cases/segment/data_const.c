// Constants with addresses are in __DATA_CONST, which dyld makes read-only; -no_data_const leaves them in __DATA.
//# link: $IN
//# run: exit 42
//# segment: __DATA_CONST prot=rw- read-only holds=__DATA_CONST,__const
//# segment: __DATA prot=rw-
//# symbol: _table section=__DATA_CONST,__const
//# section: __TEXT,__const
//# link[one]: $IN -no_data_const
//# no-segment: __DATA_CONST
//# symbol: _table section=__DATA,__const
int one(void) { return 40; }
int two(void) { return 2; }
int (*const table[])(void) = { one, two };
const int plain[] = { 1, 2, 3 };
int changed = 1;
int main(int argc, char **argv) { return table[argc - 1]() + table[argc]() + plain[0] - changed; }
