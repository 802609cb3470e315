// Constant strings of equal text are one object, of either width, in one object file and across two.
//# also: runtime.c
//# dylib: libobjc.dylib runtime.o -install_name @loader_path/libobjc.dylib
//# lld: differs because it does not merge wide strings
//# link: $IN libobjc.dylib
//# run: exit 42
//# section: __DATA_CONST,__cfstring size=96
//# section: __TEXT,__ustring size=20
//# contains: __TEXT,__cstring "plain\0" count=1
//# import: ___CFConstantStringClassReference from libobjc count=3
//# link[icf]: $IN libobjc.dylib --icf=all -dead_strip
//# run: exit 42
//# section: __DATA_CONST,__cfstring size=96
@interface NSString
@end
NSString *plain(void), *wide(void), *other(void);
int main(void) {
    return (plain() == @"plain") * 40 + (wide() == @"gr\u00fc\u00df") * 2 + (other() == @"plain") * 64 +
           (wide() == @"gr\u00fc\0") * 64;
}
//# file: other.m
@interface NSString
@end
NSString *plain(void) { return @"plain"; }
NSString *wide(void) { return @"gr\u00fc\u00df"; }
NSString *other(void) { return wide(); }
