// Flags that contradict each other are errors.
//# also: start.s
//# link: $IN -r -shared
//# error: -r
//# link[static]: $IN -r -pie
//# error: -r
//# unlike: bfd mold lld
int main(void) { return 0; }
