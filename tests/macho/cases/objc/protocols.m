// A protocol that several files describe is there once, with one entry in the list of protocols.
//# lld: differs because it has class names among the C strings
//# link: $IN -dylib -undefined dynamic_lookup
//# section: __DATA_CONST,__objc_protolist size=8
//# section: __DATA,__objc_protorefs size=8
//# symbol: __OBJC_PROTOCOL_$_Shape count=1
//# section: __DATA_CONST,__objc_classlist size=16
//# section: __DATA_CONST,__objc_nlclslist size=8
//# section: __DATA_CONST,__objc_catlist size=8
//# section: __DATA_CONST,__objc_nlcatlist size=8
//# link[data]: $IN -dylib -undefined dynamic_lookup -no_data_const
//# section: __DATA,__objc_protolist size=8
//# section: __DATA,__objc_classlist size=16
//# section: __DATA,__objc_nlclslist size=8
//# section: __DATA,__objc_nlcatlist size=8
//# section: __DATA,__objc_imageinfo size=8
@class Protocol;
@protocol Shape
- (int)area;
@end
__attribute__((objc_root_class)) @interface One <Shape>
@end
@implementation One
+ (void)load {
}
- (int)area {
    return 1;
}
@end
@interface One (Loaded)
@end
@implementation One (Loaded)
+ (void)load {
}
@end
Protocol *first(void) { return @protocol(Shape); }
//# file: two.m
@class Protocol;
@protocol Shape
- (int)area;
@end
__attribute__((objc_root_class)) @interface Two <Shape>
@end
@implementation Two
- (int)area {
    return 2;
}
@end
Protocol *second(void) { return @protocol(Shape); }
