// -pg: gcrt1.o and its symbols.
//# cflags: -pg
//# cc-link: $IN -pg -no-pie
//# run: exit 3
//# sh: test -s gmon.out
int main(void) { return 3; }
