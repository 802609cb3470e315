// Equal C strings of all objects are one; the pointers agree at run time.
//# link: $IN
//# run: exit 42
//# section: __TEXT,__cstring type=S_CSTRING_LITERALS
//# contains: __TEXT,__cstring "the same\0" count=1
//# contains: __TEXT,__cstring "another\0" count=1
const char *there(void), *another(void);
static const char *volatile here = "the same";
int main(void) { return here == there() && another()[0] == 'a' ? 42 : 1; }
//# file: there.c
const char *there(void) { return "the same"; }
const char *another(void) { return "another"; }
