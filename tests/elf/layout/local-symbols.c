// .symtab has file symbols and locals before the globals of all files, without section symbols of inputs.
//# also: start.s
//# link: $IN
//# symbol: local_one local func
//# symbol: local_two local object
//# symbol: local-symbols.c local file absolute
static __attribute__((noinline, used)) int local_one(void) { return 1; }
static volatile int local_two = 2;
int main(void) { return local_one() + local_two - 3; }
