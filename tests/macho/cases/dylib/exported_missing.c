// An exported symbol that is named outright and defined nowhere is undefined.
//# link: $IN -dylib -exported_symbol _nothing
//# error: _nothing
int x;
