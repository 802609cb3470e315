// -ObjC takes members that define classes or categories, and only those.
//# archive: liba.a class.o plain.o
//# link: main.o liba.a -ObjC -undefined dynamic_lookup
//# lld: differs because it has class names among the C strings
//# symbol: _in_class_file external
//# absent: _plain
//# fixups: both
//# file: main.c
int main(void) { return 0; }
//# file: class.m
__attribute__((objc_root_class)) @interface Root
@end
@implementation Root
@end
int in_class_file = 1;
//# file: plain.c
int plain = 1;
