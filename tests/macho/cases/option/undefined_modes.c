// -undefined warning links and says what is missing, -undefined suppress links in silence.
//# link[warning]: $IN -undefined warning -flat_namespace
//# warning: ld: warning: undefined symbols for architecture arm64:
//# warning: "_missing", referenced from:
//# import: _missing from flat
//# link[suppress]: $IN -undefined suppress -flat_namespace
//# import: _missing from flat
int missing(void);
int main(void) { return missing(); }
