// Functions with a frame get the frame encoding, leaf functions the frameless one.
//# link: $IN
//# run: exit 42
//# section: __TEXT,__unwind_info type=S_REGULAR
//# no-section: __LD,__compact_unwind
//# unwind: _main mode=frame no-lsda
//# unwind: _leaf mode=frameless starts=_leaf
//# unwind: personalities 0
int toupper(int);
__attribute__((noinline)) int leaf(int *x) { int volatile a[4] = { *x, 1, 2, 3 }; return a[0] + a[1]; }
int main(int argc, char **argv) { return toupper('*') - leaf(&argc) + argc + 1; }
