// -dependency_info has the version, inputs, paths looked for in vain and outputs, each kind sorted, as Apple's linker does.
//# lld: differs because it looks for other files, too
//# before: mkdir -p empty parts frameworks/Found.framework && cp Found.tbd frameworks/Found.framework/
//# link: $IN -Lempty -lpart -Lparts -framework Found -Fempty -Fframeworks -map map -dependency_info deps
//# archive: parts/libpart.a part.o
//# sh: tr '\000\020\021\100' '\nimo' < deps | sed -E "s,$PWD/,,; s,$SDK/,SDK/,; s,o\(#\)PROGRAM.*,version,; /^iSDK/d" > read; diff expected read
int main(void) { return 0; }
//# file: part.c
int part;
//# file: Found.tbd
--- !tapi-tbd
tbd-version: 4
targets: [ arm64-macos ]
install-name: '/System/Library/Frameworks/Found.framework/Found'
...
//# file: expected

version
idependency_info_order.o
iframeworks/Found.framework/Found.tbd
iparts/libpart.a
mempty/Found.framework/Found
mempty/Found.framework/Found.tbd
mempty/libSystem.a
mempty/libSystem.dylib
mempty/libSystem.tbd
mempty/libpart.a
mempty/libpart.dylib
mempty/libpart.tbd
mparts/libSystem.a
mparts/libSystem.dylib
mparts/libSystem.tbd
mparts/libpart.dylib
mparts/libpart.tbd
omap
oout
