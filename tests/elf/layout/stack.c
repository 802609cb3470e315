// PT_GNU_STACK: not executable by default, as asked with -z execstack, and sized by -z stack-size.
//# also: start.s
//# link: $IN
//# segment: GNU_STACK flags=RW
//# link[exec]: $IN -z execstack
//# segment: GNU_STACK flags=RWX
//# link[no]: $IN -z execstack -z noexecstack
//# segment: GNU_STACK flags=RW
//# link[size]: $IN -z stack-size=0x100000
//# segment: GNU_STACK memsz=0x100000
int main(void) { return 0; }
