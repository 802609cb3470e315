// -order_file_statistics tells of lines of the order file that name nothing that is kept, and how many did.
//# link: $IN -order_file order -order_file_statistics
//# warning: can't find match for order_file entry: _nowhere
//# warning: can't find match for order_file entry: other.o/_f
//# warning: only 2 out of 4 order_file symbols were applicable
//# order: _f _main
//# link[quiet]: $IN -order_file order
//# silent: order_file
int main(void) { return 0; }
int f(void) { return 1; }
//# file: order
_nowhere
_f
other.o:_f
_main
