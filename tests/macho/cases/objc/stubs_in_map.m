// The map tells stubs of messages as the linker's own, and lists no file for them.
//# also: runtime.c
//# dylib: libobjc.dylib runtime.o -install_name @loader_path/libobjc.dylib
//# link: $IN libobjc.dylib -map map -t
//# silent: <linker>
//# file-has: map "[  0] _objc_msgSend$value"
//# file-has: map "[  0] literal string: value"
//# file-lacks: map "<linker>"
//# lld: differs because it numbers files otherwise
int value(Class) __asm__("_objc_msgSend$value");
int main(void) { return value(0); }
