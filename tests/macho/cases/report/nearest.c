// An undefined symbol that is nearly one that is defined, here or in a library, is taken for that.
//# link: $IN
//# error: (maybe you meant: _parse_header)
//# error: (maybe you meant: _puts)
int parse_header(void) { return 1; }
int parse_haeder(void), putts(const char *);
int main(void) { return parse_haeder() + putts(""); }
