// --gc-sections keeps what a program exports by name.
//# cc-link: $IN -Wl,--gc-sections -Wl,--export-dynamic-symbol=kept
//# dynsym: kept
//# symbol: kept
//# absent: dropped
__attribute__((section(".text.kept"))) int kept(void) { return 1; }
__attribute__((section(".text.dropped"))) int dropped(void) { return 1; }
int main(void) { return 0; }
