// -dead_strip drops the stubs that only dropped code calls, with their selectors.
//# also: runtime.c
//# dylib: libobjc.dylib runtime.o -install_name @loader_path/libobjc.dylib
//# lld: differs because it makes stubs for calls that it drops
//# link: $IN libobjc.dylib -dead_strip
//# section: __TEXT,__objc_stubs size=32
//# section: __DATA,__objc_selrefs size=8
//# absent: _objc_msgSend$gone
//# lacks: __TEXT,__objc_methname "gone\0"
//# link[nothing]: $IN libobjc.dylib -dead_strip -e _other
//# no-section: __TEXT,__objc_stubs
int value(Class) __asm__("_objc_msgSend$value");
int gone(Class) __asm__("_objc_msgSend$gone");
int unused(void) { return gone(0); }
int main(void) { return value(0); }
int other(void) { return 0; }
