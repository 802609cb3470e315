// A name that nearly is one of a library's is reported with that, though the library's own names are not all read.
//# cc-link: $IN
//# error: undefined symbol: strlenn
//# error: did you mean: strlen
unsigned long strlenn(const char *);
int main(int count, char **args) { return (int)strlenn(args[0]); }
