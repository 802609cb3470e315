// A symbolic link as output is replaced or followed, and what it pointed to is never half-written.
//# also: start.s
//# link: $IN
//# sh: cp out target; ln -s target name; $LD $IN -o name --defsym=more=1; ./name; ./target
int main(void) { return 0; }
