// One record tells the runtime about the whole image; class properties of categories hold if all objects have them.
//# link: $IN -undefined dynamic_lookup
//# section: __DATA_CONST,__objc_imageinfo size=8
//# contains: __DATA_CONST,__objc_imageinfo 00 00 00 00 40 00 00 00
//# lld: differs because it has class names among the C strings
__attribute__((objc_root_class)) @interface Root
@end
@implementation Root
@end
int main(void) { return 0; }
//# file: part.m
__attribute__((objc_root_class)) @interface Other
@end
@implementation Other
@end
