// The old spellings of the platform, in which clang calls a linker that it does not know.
//# cflags: --target=arm64-apple-macos11
//# lld: differs because it wants -platform_version
//# cflags: --target=arm64-apple-macos11
//# bare-link: -arch arm64 -macosx_version_min 12.3 -syslibroot $SDK $IN -lSystem
//# run: exit 42
//# command: LC_BUILD_VERSION platform=macos minos=12.3
//# bare-link[macos]: -arch arm64 -macos_version_min 11.0 -syslibroot $SDK $IN -lSystem
//# command: LC_BUILD_VERSION platform=macos minos=11.0
int main(void) { return 42; }
