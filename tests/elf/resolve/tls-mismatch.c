// A thread-local definition does not serve an ordinary reference.
//# also: start.s
//# unlike: lld
//# link: $IN
//# error: TLS
//# error: counter
extern int counter;
int main(void) { return counter; }
//# file: b.c
__thread int counter = 1;
