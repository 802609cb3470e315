// Boundaries of a section that is nowhere are two equal addresses.
//# link: $IN
//# compare: functions because where nothing is, is up to the linker
//# run: exit 42
extern int begin __asm__("section$start$__DATA$none"), end __asm__("section$end$__DATA$none");
static const void *at(const void *p) { __asm__("" : "+r"(p)); return p; }
int some = 1;
int main(void) { return at(&begin) == at(&end) ? 42 : 1; }
