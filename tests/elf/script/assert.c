// ASSERT in a script stops the link with its message.
//# also: start.s
//# link: $IN good.ld
//# run: exit 0
//# link[bad]: $IN bad.ld
//# error: the text grew too large
int main(void) { return 0; }
//# file: good.ld
ASSERT(1 < 2, "impossible")
//# file: bad.ld
ASSERT(1 > 2, "the text grew too large")
