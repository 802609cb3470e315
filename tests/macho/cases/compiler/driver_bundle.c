// What the compiler driver says for a bundle.
//# cc-link: $IN -bundle -undefined dynamic_lookup
//# filetype: MH_BUNDLE
//# import: _elsewhere from flat
int elsewhere(void);
int f(void) { return elsewhere(); }
