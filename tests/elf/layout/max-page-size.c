// -z max-page-size sets the alignment of the segments.
//# also: start.s
//# link: $IN -z max-page-size=0x10000
//# segment: LOAD align=65536
//# run: exit 0
//# link[small]: $IN -z max-page-size=4096
//# segment: LOAD align=4096
//# run: exit 0
int data = 1;
int main(void) { return data - 1; }
