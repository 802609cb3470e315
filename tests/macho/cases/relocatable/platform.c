// Without -platform_version the object is for what its parts are for, and for the newest system that one needs.
//# before: $CC --target=arm64-apple-macos12.3 -c a.c -o a.o; $CC --target=arm64-apple-macos11 -c b.c -o b.o
//# before: $CC --target=arm64-apple-ios14 -c b.c -o ios.o; $CC --target=arm64-apple-ios11 -c b.c -o old.o
//# bare-link: -r b.o a.o
//# lld: differs because it has no -r
//# command: LC_BUILD_VERSION
//# sh: llvm-otool-19 -l out | grep -q 'minos 12.3'
//# bare-link[old]: -r old.o
//# lld: differs because it has no -r
//# command: LC_VERSION_MIN_IPHONEOS
//# bare-link[ios]: -r ios.o
//# lld: differs because it has no -r
//# sh: llvm-otool-19 -l out | grep -q 'platform 2'
//# bare-link[both]: -r a.o ios.o
//# error: built for 'iOS'
//# file: a.c
int a(void) { return 1; }
//# file: b.c
int b(void) { return 2; }
