// -init_offsets makes offsets of initialisers in the classic format too.
//# link: $IN -init_offsets
//# fixups: classic
//# run: exit 42
//# section: __TEXT,__init_offsets size=4
volatile int order;
__attribute__((constructor)) static void first(void) { order = 42; }
int main(void) { return order; }
