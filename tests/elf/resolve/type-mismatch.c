// A function and an object of one name still resolve; only TLS must agree.
//# also: start.s
//# link: $IN
//# run: exit 0
extern int thing;
int *address = &thing;
int main(void) { return address == 0; }
//# file: b.c
int thing(void) { return 1; }
