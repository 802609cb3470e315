// __start_X and __stop_X bound sections whose names are C identifiers, also across files and when retained empty.
//# also: start.s
//# link: $IN
//# run: exit 12
//# check: __start_list == addr(list)
//# check: __stop_list == end(list)
//# symbol: __start_list protected
//# link[hidden]: $IN -z start-stop-visibility=hidden
//# run: exit 12
//# unlike: bfd
extern int __start_list[], __stop_list[];
int a __attribute__((section("list"))) = 5;
int main(void) { int sum = 0; for (int *p = __start_list; p < __stop_list; p++) sum += *p; return sum; }
//# file: b.c
int b __attribute__((section("list"))) = 7;
