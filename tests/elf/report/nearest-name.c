// An undefined symbol that nearly exists is reported with the name that does.
//# also: start.s
//# link: $IN
//# error: parse_haeder
//# error: parse_header
int parse_haeder(void);
int main(void) { return parse_haeder(); }
//# file: b.c
int parse_header(void) { return 0; }
