// In a PIE an alias made by --defsym moves with the image, a number does not.
//# cc-link: $IN -pie -Wl,--defsym=number=0x1234,--defsym=alias=f
//# run: exit 0
//# reloc: R_X86_64_RELATIVE at=pointer
//# check: alias == f
extern char number[];
int alias(void);
int f(void) { return 3; }
int (*pointer)(void) = alias;
int main(void) { return !(pointer == f && pointer() == 3); }
