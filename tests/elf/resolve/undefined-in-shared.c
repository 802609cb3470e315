// A shared object may leave symbols undefined, unless -z defs or --no-undefined says otherwise.
//# cflags: -fPIC
//# link: -shared $IN
//# dynsym: missing undefined
//# link[defs]: -shared $IN -z defs
//# error: undefined symbol: missing
//# link[long]: -shared $IN --no-undefined
//# error: undefined symbol: missing
int missing(void);
int f(void) { return missing(); }
