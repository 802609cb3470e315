// A missing default entry point is a warning, one given by -e is a warning or an error, and a number is itself.
//# link: $IN
//# warning: _start
//# check: e_type == 2
//# link[number]: $IN -e 0x401000
//# warning: 
//# check: e_entry == 0x401000
//# no-lint: the address is made up
int f(void) { return 5; }
