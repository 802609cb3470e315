// The IBT and SHSTK bits survive only if every object has them.
//# also: start.s
//# unlike: lld mold
//# link: $IN
//# no-section: .note.gnu.property
//# link[forced]: $IN -z ibt -z shstk
//# contains: .note.gnu.property 02 00 00 c0 04 00 00 00 03 00 00 00
//# link[reported]: $IN -z cet-report=error
//# error: start.o
int main(void) { return f(); }
//# cflags: -fcf-protection=full -include f.h
//# file: f.h
int f(void);
//# file: b.c
int f(void) { return 0; }
