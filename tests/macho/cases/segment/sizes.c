// -segalign and -seg_page_size make segments end at multiples of more than a page; -segaddr says where one starts.
//# lld: differs because it ignores them
//# link: $IN -segalign 0x10000
//# run: exit 1
//# check: segsize(__DATA) % 0x10000 == 0
//# link[one]: $IN -seg_page_size __DATA 0x8000
//# check: segsize(__DATA) % 0x8000 == 0
//# link[address]: $IN -segaddr __DATA 0x140000000
//# check: seg(__DATA) == 0x140000000
int x = 1;
int main(void) { return x; }
