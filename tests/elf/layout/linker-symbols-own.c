// A definition of the user's beats the linker's; end and edata are nobody's but on demand.
//# also: start.s
//# link: $IN
//# run: exit 3
//# absent: edata etext
//# unlike: mold bfd
int end = 3;
int main(void) { return end; }
