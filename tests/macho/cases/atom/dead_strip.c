// -dead_strip keeps what the entry point reaches: other functions, data and strings go.
//# link: $IN -dead_strip
//# run: exit 42
//# symbol: _used external
//# absent: _unused _table _private
//# contains: __TEXT,__cstring "kept"
//# lacks: __TEXT,__cstring "dropped"
//# link[all]: $IN
//# symbol: _unused external
const char *used(void);
int main(void) { return used()[0] == 'k' ? 42 : 1; }
//# file: used.c
const char *used(void) { return "kept"; }
static int private(void) { return 5; }
int (*table[])(void) = { private };
const char *unused(void) { return "dropped"; }
