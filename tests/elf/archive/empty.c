// An archive without members is not an error.
//# also: start.s
//# before: ar rcs libempty.a
//# link: $IN libempty.a
//# run: exit 0
int main(void) { return 0; }
