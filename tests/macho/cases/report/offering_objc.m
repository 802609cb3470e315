// A class that a framework's stub lists is found under its own name.
//# before: mkdir -p F/Far.framework && cp Far.tbd F/Far.framework/
//# link: $IN -F F -undefined error
//# error: "_OBJC_CLASS_$_FarThing", referenced from:
//# error: Far.framework/Far.tbd has it: add -framework Far
@interface FarThing
+ (void)go;
@end
int main(void) { [FarThing go]; return 0; }
//# file: Far.tbd
--- !tapi-tbd
tbd-version: 4
targets: [ arm64-macos ]
install-name: '/System/Library/Frameworks/Far.framework/Far'
exports:
  - targets: [ arm64-macos ]
    objc-classes: [ FarThing ]
...
