// --emit-relocs keeps the relocations in the finished file, with addresses of the output.
//# also: start.s
//# link: $IN --emit-relocs
//# run: exit 3
//# section: .rela.text type=RELA
//# reloc: R_X86_64_PLT32 sym=f table=.rela.text
//# reloc: R_X86_64_64 at=pointer
//# link[short]: $IN -q
//# section: .rela.text
int f(int);
int (*pointer)(int) = f;
int main(void) { return f(3); }
//# file: b.c
int f(int x) { return x; }
