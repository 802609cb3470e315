// -r merges objects into one that still links: symbols, relocations and sections stay.
//# link: -r $IN
//# check: e_type == 1
//# check: e_phnum == 0
//# symbol: main global func section=.text
//# symbol: helper global func
//# symbol: shared_data global object section=.data
//# symbol: missing undefined
//# sh: test ! -x out
//# sh: echo 'int missing = 30;' > m.c; $CC -c m.c; $CC -no-pie -o prog out m.o; ./prog && exit 1; test $? = 42
extern int helper(int), missing;
int shared_data = 2;
int main(void) { return helper(missing); }
//# file: helper.c
extern int shared_data;
static int local = 10;
int helper(int x) { return x + local + shared_data; }
