// Stubs go straight to an _objc_msgSend of the image's own: there is nothing to bind, and no slot.
//# also: runtime.c
//# lld: differs because it keeps the slot
//# link: $IN
//# run: exit 42
//# no-import: _objc_msgSend
//# no-section: __DATA_CONST,__got
//# disasm: _objc_msgSend$value contains add x16, x16
//# link[small]: $IN -objc_stubs_small
//# run: exit 42
//# no-section: __TEXT,__stubs
//# disasm: _objc_msgSend$value contains <_objc_msgSend>
int value(Class) __asm__("_objc_msgSend$value");
__attribute__((objc_root_class)) @interface Root
@end
@implementation Root
+ (int)value {
    return 42;
}
@end
extern struct objc_class root __asm__("_OBJC_CLASS_$_Root");
int main(void) { return value((__bridge Class)(void *)&root); }
