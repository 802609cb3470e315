// Strings of several files share one copy, and pointers into the middle of one are right.
//# also: start.s
//# link: $IN -O2
//# run: exit 0
//# contains: .rodata "a common string\0" count=1
const char *other(void), *middle(void);
const char *own(void) { return "a common string"; }
static int differ(const char *a, const char *b) { while (*a && *a == *b) a++, b++; return *a != *b; }
int main(void) { return differ(own(), "a common string") || own() != other() || differ(middle(), "string"); }
//# file: b.c
const char *other(void) { return "a common string"; }
const char *middle(void) { return &"a common string"[9]; }
