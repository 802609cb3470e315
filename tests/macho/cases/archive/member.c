// Archive members come in only for what is undefined, and bring what they need themselves.
//# archive: liba.a wanted.o helper.o unwanted.o
//# link: $IN liba.a
//# run: exit 42
//# symbol: _wanted external
//# symbol: _helper external
//# absent: _unwanted
//# link[library]: $IN -L. -la
//# run: exit 42
//# absent: _unwanted
int wanted(void);
int main(void) { return wanted(); }
//# file: wanted.c
int helper(void);
int wanted(void) { return helper(); }
//# file: helper.c
int helper(void) { return 42; }
//# file: unwanted.c
int unwanted(void) { return 1; }
