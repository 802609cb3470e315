// A call of _objc_msgSend$SELECTOR goes to a stub that loads the selector and jumps through the GOT.
//# also: runtime.c
//# dylib: libobjc.dylib runtime.o -install_name @loader_path/libobjc.dylib
//# compare: sections symbols because lld has two references to one selector, and all names among the C strings
//# link: $IN libobjc.dylib -objc_relative_method_lists
//# run: exit 42
//# section: __TEXT,__objc_stubs size=64 align=32 attributes=pure-instructions,some-instructions
//# symbol: _objc_msgSend$value local private section=__TEXT,__objc_stubs
//# symbol: _objc_msgSend$times: local section=__TEXT,__objc_stubs count=1
//# no-export: _objc_msgSend$value
//# import: _objc_msgSend from libobjc
//# contains: __TEXT,__objc_methname "value\0" count=1
//# contains: __TEXT,__objc_methname "times:\0" count=1
//# disasm: _objc_msgSend$value contains br x16
//# link[merged]: $IN libobjc.dylib --icf=all
//# run: exit 42
//# section: __DATA,__objc_selrefs size=16
//# lld: differs because it has two references to one selector
int value(Class) __asm__("_objc_msgSend$value");
int times(Class, void *unused, int) __asm__("_objc_msgSend$times:");
__attribute__((objc_root_class)) @interface Root
@end
@implementation Root
+ (int)value {
    return 14;
}
+ (int)times:(int)n {
    return 14 * n;
}
@end
extern struct objc_class root __asm__("_OBJC_CLASS_$_Root");
int twice(Class);
int main(void) {
    Class class = (__bridge Class)(void *)&root;
    return times(class, 0, 2) + value(class) + twice(class) - 28;
}
//# file: other.m
int value(Class) __asm__("_objc_msgSend$value");
@interface Root
+ (int)value;
@end
// One selector by a stub, by a reference of the object's own, and by a list of methods.
int twice(Class class) { return [(Class)class value] + value(class); }
