// The library that has _objc_msgSend may be one that an object asks for: stubs are made beside.
//# also: runtime.c
//# dylib: libobjc.dylib runtime.o -install_name @loader_path/libobjc.dylib
//# archive: liblater.a later.o
//# link: $IN -L.
//# run: exit 42
//# import: _objc_msgSend from libobjc
//# symbol: _objc_msgSend$value local count=1
//# symbol: _objc_msgSend$more local count=1
//# lld: differs because it makes one GOT slot more
__asm__(".linker_option \"-lobjc\"\n.linker_option \"-llater\"");
int value(Class) __asm__("_objc_msgSend$value");
int more(Class);
__attribute__((objc_root_class)) @interface Root
@end
@implementation Root
+ (int)value {
    return 14;
}
+ (int)more {
    return 28;
}
@end
extern struct objc_class root __asm__("_OBJC_CLASS_$_Root");
int main(void) {
    Class class = (__bridge Class)(void *)&root;
    return value(class) + more(class);
}
//# file: later.m
int send_more(Class) __asm__("_objc_msgSend$more");
int more(Class class) { return send_more(class); }
