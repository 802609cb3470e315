// -r keeps a note that all inputs have.
//# cflags: -fcf-protection=full
//# link: -r $IN
//# section: .note.gnu.property
//# section: .note.GNU-stack
//# unlike: lld
int f(void) { return 1; }
