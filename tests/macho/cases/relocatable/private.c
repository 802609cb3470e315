// -r turns private externs into locals, unless -keep_private_externs keeps them.
//# lld: differs because it has no -r
//# link: $IN -r
//# symbol: _hidden local
//# link[kept]: $IN -r -keep_private_externs
//# symbol: _hidden external private
__attribute__((visibility("hidden"))) int hidden(void) { return 1; }
int shown(void) { return hidden(); }
