// A dylib for another system is refused, and one for a newer version told of, in the words of Apple's linker.
//# lld: differs because it words it otherwise
//# before: $CC --target=arm64-apple-ios13 -c -x assembler empty.txt -o ios.o && $LD -arch arm64 -platform_version ios 13.0 13.0 -dylib -o libios.dylib ios.o
//# before: $LD -arch arm64 -platform_version macos 14.0 14.0 -dylib -o libmacos.dylib main.o
//# link[ios]: main.o libios.dylib
//# error: building for 'macOS', but linking in dylib (libios.dylib) built for 'iOS'
//# link[newer]: main.o libmacos.dylib
//# warning: dylib (libmacos.dylib) was built for newer 'macOS' version (14.0) than being linked (13.0)
//# file: main.c
int main(void) { return 0; }
//# file: empty.txt
.subsections_via_symbols
