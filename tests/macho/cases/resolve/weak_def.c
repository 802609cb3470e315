// Weak definitions coalesce: the first of several is used, a strong one beats them, and the header says so to dyld.
//# link: $IN
//# compare: sections because a call of a weak function may be bound lazily or not
//# run: exit 42
//# flag: MH_WEAK_DEFINES MH_BINDS_TO_WEAK
//# symbol: _both weak-def external count=1
//# symbol: _both weak-def external section=__TEXT,__text
//# symbol: _beaten external not-weak
//# export: _both weak
//# export: _beaten strong
__attribute__((weak)) int both(void) { return 40; }
__attribute__((weak)) int beaten(void) { return 100; }
int sum(void);
int main(void) { return both() + sum(); }
//# file: second.c
__attribute__((weak)) int both(void) { return 50; }
int beaten(void) { return 2; }
int sum(void) { return beaten(); }
