// --coverage: counters are written at exit.
//# cflags: --coverage
//# cc-link: $IN --coverage
//# run: exit 3
//# sh: ls *.gcda
int main(void) { return 3; }
