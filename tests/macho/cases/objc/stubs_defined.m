// Who defines a symbol that is called like a stub is asked, and not the linker, even from an archive's member.
//# archive: libown.a own.o
//# link: $IN libown.a
//# run: exit 42
//# no-section: __TEXT,__objc_stubs
//# symbol: _objc_msgSend$own external
int own(Class) __asm__("_objc_msgSend$own");
int main(void) { return own(0); }
//# file: own.m
int own(Class) __asm__("_objc_msgSend$own");
int own(Class class) { return 42; }
