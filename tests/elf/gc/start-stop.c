// __start_X keeps the sections X alive; -z start-stop-gc makes it not so.
//# also: start.s
//# link: $IN --gc-sections -z nostart-stop-gc
//# run: exit 7
//# section: numbers size=8
//# check: __start_numbers == addr(numbers)
//# check: __stop_numbers == end(numbers)
//# link[gc]: $IN --gc-sections -z start-stop-gc
//# no-section: numbers
//# unlike: bfd
//# link[referenced]: $IN --gc-sections -z start-stop-gc -u pin
//# section: other
extern int __start_numbers[] __attribute__((weak)), __stop_numbers[] __attribute__((weak));
static int a __attribute__((section("numbers"), used)) = 3;
static int b __attribute__((section("numbers"), used)) = 4;
int main(void) { int sum = 0; for (int *p = __start_numbers; p < __stop_numbers; p++) sum += *p; return sum; }
//# file: more.c
int pin __attribute__((section("other"))) = 1;
