// An imported variable relaxes general dynamic to initial exec, through a GOT slot.
//# cflags: -fPIC -O2
//# shared: libb.so b.o
//# cc-link: $IN libb.so
//# run: exit 3
//# reloc: R_X86_64_TPOFF64 sym=theirs
//# no-reloc: R_X86_64_DTPMOD64
extern __thread int theirs;
int main(void) { return theirs; }
//# file: b.c
__thread int theirs = 3;
