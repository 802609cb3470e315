// An unknown -z keyword is a warning, an unknown flag an error that names a near one.
//# also: start.s
//# link: $IN -z surely-unknown
//# warning: surely-unknown
//# run: exit 0
//# link[flag]: $IN --gc-section-s
//# error: --gc-section-s
//# error: --gc-sections
int main(void) { return 0; }
