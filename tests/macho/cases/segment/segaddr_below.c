// A segment cannot be placed on what comes before it.
//# link: $IN -segaddr __DATA 0x100000000
//# error: -segaddr __DATA 0x100000000 lies on what comes before it
//# lld: differs because it does not know the option
int data = 1;
int main(void) { return data; }
