// --require-defined is -u that must be satisfied.
//# also: start.s
//# unlike: lld
//# link: $IN --require-defined=main
//# link[missing]: $IN --require-defined=missing
//# error: missing
int main(void) { return 0; }
