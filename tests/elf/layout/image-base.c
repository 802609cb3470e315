// --image-base, -Ttext-segment, -Ttext and --section-start place things.
//# also: start.s
//# link: $IN --image-base=0x10000000
//# check: seg(LOAD) == 0x10000000
//# run: exit 0
//# unlike: bfd
//# link[segment]: $IN -Ttext-segment=0x20000000
//# check: seg(LOAD) == 0x20000000
//# run: exit 0
//# unlike: lld
//# link[text]: $IN -Ttext=0x500000
//# check: addr(.text) == 0x500000
//# run: exit 0
//# link[section]: $IN --section-start=.data=0x700000
//# check: addr(.data) == 0x700000
//# run: exit 0
//# link[equals]: $IN -Tdata=0x700000
//# check: addr(.data) == 0x700000
int data = 1;
int main(void) { return data - 1; }
