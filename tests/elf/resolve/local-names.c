// Local symbols of one name in several files stay apart.
//# also: start.s
//# link: $IN
//# run: exit 3
//# symbol: value local count=2
int other(void);
static volatile int value = 1;
int main(void) { return value + other(); }
//# file: b.c
static volatile int value = 2;
int other(void) { return value; }
