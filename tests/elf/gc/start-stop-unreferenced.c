// Only what is kept keeps the sections X by naming __start_X.
//# also: start.s
//# link: $IN --gc-sections
//# no-section: numbers
extern int __start_numbers[], __stop_numbers[];
static int a __attribute__((section("numbers"), used)) = 3;
__attribute__((section(".text.unused"))) int unused(void) { return __start_numbers[0] + __stop_numbers[0]; }
int main(void) { return 0; }
