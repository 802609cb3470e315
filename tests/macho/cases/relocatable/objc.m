// Objective-C: class and selector references are merged, classes and categories listed, one image information made.
//# object: merged.o a.o b.o
//# link: merged.o -undefined dynamic_lookup -dylib -no_objc_relative_method_lists
//# compare: sections because lld puts all strings of Objective-C into __cstring
//# section: __DATA_CONST,__objc_imageinfo size=8
//# section: __DATA_CONST,__objc_classlist size=16
//# section: __DATA,__objc_selrefs
//# link[r]: -r a.o b.o
//# lld: differs because it has no -r
//# section: __DATA,__objc_imageinfo size=8 attributes=no-dead-strip
//# section: __DATA,__objc_classlist size=16
//# section: __TEXT,__objc_methname
//# file: a.m
__attribute__((objc_root_class)) @interface First
- (int)one;
@end
@implementation First
- (int)one { return 1; }
@end
//# file: b.m
@interface First
- (int)one;
@end
__attribute__((objc_root_class)) @interface Second
- (int)one;
@end
@implementation Second
- (int)one { return [(First *)self one] + 1; }
@end
