// __rela_iplt_start and __rela_iplt_end bound the IRELATIVE entries of a static executable, and are equal in others.
//# cc-link: -static $IN
//# run: exit 1
//# reloc: R_X86_64_IRELATIVE at=u64(__rela_iplt_start)
//# cc-link[pie]: -pie $IN
//# run: exit 0
extern char __rela_iplt_start[] __attribute__((weak, visibility("hidden")));
extern char __rela_iplt_end[] __attribute__((weak, visibility("hidden")));
int main(void) { return __rela_iplt_end - __rela_iplt_start >= 24; }
