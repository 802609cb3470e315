// References to one class, to one super class and to one selector from several files are one each.
//# also: runtime.c
//# dylib: libobjc.dylib runtime.o base.o -install_name @loader_path/libobjc.dylib
//# lld: differs because it keeps each reference
//# link: $IN libobjc.dylib
//# run: exit 42
//# section: __DATA,__objc_classrefs size=8
//# section: __DATA,__objc_selrefs size=16
//# import: _OBJC_CLASS_$_Base from libobjc
//# link[const]: $IN libobjc.dylib -const_selrefs
//# run: exit 42
//# section: __DATA_CONST,__objc_selrefs size=16
//# no-section: __DATA,__objc_selrefs
@interface Base
+ (int)twenty;
+ (int)one;
@end
int other(void);
int main(void) { return [Base twenty] + [Base one] + other(); }
//# file: other.m
@interface Base
+ (int)twenty;
+ (int)one;
@end
int other(void) { return [Base twenty] + [Base one]; }
//# file: base.m
__attribute__((objc_root_class)) @interface Base
@end
@implementation Base
+ (int)twenty {
    return 20;
}
+ (int)one {
    return 1;
}
@end
