// -r leaves calls of _objc_msgSend$… as they are: the final link makes the stubs.
//# also: runtime.c
//# dylib: libobjc.dylib runtime.o -install_name @loader_path/libobjc.dylib
//# object: merged.o objc_stubs.o
//# link: merged.o libobjc.dylib -no_objc_relative_method_lists
//# run: exit 42
//# section: __TEXT,__objc_stubs size=64
//# import: _objc_msgSend from libobjc count=1
//# compare: sections because lld has other names among the C strings too
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
int main(void) {
    Class class = (__bridge Class)(void *)&root;
    return times(class, 0, 2) + value(class);
}
