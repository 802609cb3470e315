// Selector references and method names of all objects are merged.
//# link: $IN -undefined dynamic_lookup -dylib
//# fixups: both
//# lld: differs because it keeps each reference
//# contains: __TEXT,__objc_methname "shared\0" count=1
//# section: __DATA,__objc_selrefs size=8
id objc_msgSend(id, SEL, ...);
@interface Any
- (int)shared;
@end
int one(Any *any) { return [any shared]; }
//# file: two.m
@interface Any
- (int)shared;
@end
int two(Any *any) { return [any shared]; }
