// -N puts text and data into one writable segment; -n only drops the page alignment.
//# also: start.s
//# link: $IN -N
//# run: exit 0
//# no-lint: -N is writable code
//# link[nmagic]: $IN -n
//# run: exit 0
//# unlike: lld
//# no-lint: its segments do not end on pages
int data = 1;
int main(void) { return data - 1; }
