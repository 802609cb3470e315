// Descriptors of thread-local variables stand at multiples of eight, although compilers do not align their section.
//# link: $IN
//# section: __DATA,__thread_vars align=8 size=48
//# fixup: bind sym=__tlv_bootstrap at=_counter
//# check: _counter % 8 == 0
//# run: exit 7
char odd[3] = "ab";
_Thread_local int counter = 3;
_Thread_local char small = 4;
int main(void) { return odd[0] == 'a' ? counter + small : 1; }
