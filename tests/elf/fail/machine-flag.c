// -m with a machine that is not ours is an error that names it and those that are.
//# also: start.s
//# link: $IN -m elf_i386
//# error: elf_i386
//# link[ours]: $IN -m elf_x86_64
//# run: exit 0
//# link[joined]: $IN -melf_x86_64
//# run: exit 0
int main(void) { return 0; }
