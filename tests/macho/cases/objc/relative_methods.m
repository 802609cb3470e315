// Lists of methods have distances in place of pointers, to the same functions, in classes and in categories.
//# also: runtime.c
//# dylib: libobjc.dylib runtime.o -install_name @loader_path/libobjc.dylib
//# compare: sections symbols functions because lld has other sections, and another one where the list of categories ends
//# link[relative]: $IN libobjc.dylib -objc_relative_method_lists
//# run: exit 127
//# section: __TEXT,__objc_methlist size=92 align=4
//# check: u32(addr(__TEXT,__objc_methlist)) == 0x8000000c
//# check: u32(addr(__TEXT,__objc_methlist) + 4) == 1
//# symbol: __OBJC_$_INSTANCE_METHODS_Root local section=__TEXT,__objc_methlist
//# symbol: __OBJC_$_CATEGORY_CLASS_METHODS_Root_$_More local section=__TEXT,__objc_methlist
//# contains: __TEXT,__objc_methname "shared\0" count=1
//# no-fixup: any in=__TEXT,__objc_methlist
//# link[default]: $IN libobjc.dylib
//# run: exit 127
//# section: __TEXT,__objc_methlist size=92
//# section: __DATA,__objc_selrefs size=40
//# lld: differs because it does so when it is told to
//# link[folded]: $IN libobjc.dylib -objc_relative_method_lists --icf=all -dead_strip
//# run: exit 127
//# section: __TEXT,__objc_methlist size=92
//# link[absolute]: $IN libobjc.dylib -no_objc_relative_method_lists
//# run: exit 63
//# no-section: __TEXT,__objc_methlist
//# symbol: __OBJC_$_INSTANCE_METHODS_Root local section=__DATA,__objc_const
__attribute__((objc_root_class)) @interface Root
+ (int)one;
- (int)two;
- (int)shared;
- (int)four;
@end
@interface Root (More)
+ (int)eight;
- (int)sixteen;
@end
@implementation Root
+ (int)one {
    return 1;
}
- (int)two {
    return 2;
}
- (int)shared {
    return 4;
}
@end
typedef struct class class;
extern class root __asm__("_OBJC_CLASS_$_Root");
extern void *first __asm__("section$start$__DATA_CONST$__objc_catlist");
extern void *end __asm__("section$end$__DATA_CONST$__objc_catlist");
void use_categories(void **, void **);
int is_relative(class *), shared(id);
int main(void) {
    use_categories(&first, &end);
    struct {
        class *isa;
    } instance = {&root};
    Class class = (__bridge Class)(void *)&root;
    id self = (__bridge id)(void *)&instance;
    int sum = [(Root *)self two] + [(Root *)self shared] + shared(self) + [class eight] + [(Root *)self sixteen];
    return sum + [class one] + 28 + (is_relative(&root) ? 64 : 0);
}
//# file: category.m
__attribute__((objc_root_class)) @interface Root
- (int)shared;
@end
@interface Root (More)
@end
@implementation Root (More)
+ (int)eight {
    return 8;
}
- (int)sixteen {
    return 16;
}
@end
int shared(id self) { return [(Root *)self shared]; }
