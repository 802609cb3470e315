// In a PIE an alias made by --defsym moves with the image, a number does not.
//# cc-link: $IN -pie -Wl,--defsym=number=0x1234,--defsym=alias=f,--defsym=other=own
//# run: exit 0
//# reloc: R_X86_64_RELATIVE at=pointer
//# check: alias == f
//# symbol: alias func
//# symbol: number notype
//# symbol: other tls
extern char number[];
int alias(void);
int f(void) { return 3; }
int (*pointer)(void) = alias;
__thread int own = 4;
extern __thread int other;
int main(void) { return other != 4 || !(pointer == f && pointer() == 3); }
