// _DYNAMIC is defined where there is a dynamic section; elsewhere a weak reference to it is zero.
//# also: start.s
//# cflags: -fPIE
//# archive: strong.a strong.o
//# link: $IN
//# run: exit 1
//# symbol: _DYNAMIC weak undefined
//# link[pie]: -pie $IN --no-dynamic-linker
//# run: exit 0
//# symbol: _DYNAMIC local section=.dynamic
//# link[strong]: $IN --undefined=strong strong.a
//# error: symbol: _DYNAMIC
extern char _DYNAMIC[] __attribute__((weak, visibility("hidden")));
int main(void) { return _DYNAMIC == 0; }
//# file: strong.c
extern char _DYNAMIC[];
char *strong(void) { return _DYNAMIC; }
