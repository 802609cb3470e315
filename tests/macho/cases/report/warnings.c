// Warnings begin as with Apple's linker; -w silences them, and with -fatal_warnings the last line says what they led to.
//# link: $IN -no_pie
//# warning: ld: warning: -no_pie is ignored
//# run: exit 0
//# link[silent]: $IN -no_pie -w
//# silent: warning
//# run: exit 0
//# link[fatal]: $IN -no_pie -fatal_warnings
//# error: ld: warning: -no_pie is ignored
//# error: ld: fatal warning(s) induced error (-fatal_warnings)
int main(void) { return 0; }
