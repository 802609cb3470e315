// What is marked used, and sections that say so, survive -dead_strip; so do initialisers and what -u names.
//# link: $IN -dead_strip -u _forced
//# run: exit 42
//# symbol: _marked
//# symbol: _in_section
//# symbol: _start
//# symbol: _forced external
//# absent: _unmarked
__attribute__((used)) static int marked = 1;
int unmarked = 2, forced = 3;
__attribute__((section("__DATA,keep,regular,no_dead_strip"))) int in_section = 4;
static volatile int ran;
__attribute__((constructor)) static void start(void) { ran = 42; }
int main(void) { return ran; }
