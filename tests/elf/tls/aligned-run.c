// Alignment of the TLS block holds at run time even when .tdata's end is not aligned.
//# cc-link: $IN
//# run: exit 0
//# cc-link[static]: -static $IN
//# run: exit 0
static __thread char small = 1;
static __thread struct { char c[64]; } __attribute__((aligned(256))) big;
static __thread char other = 2;
int main(void) { return (long)&big % 256 != 0 || small != 1 || other != 2 || big.c[5]; }
