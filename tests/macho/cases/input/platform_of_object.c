// Without -platform_version the output is for the system of the first object.
//# lld: differs because it demands the option
//# fixups: chained
//# cflags: --target=arm64-apple-macos12
//# bare-link: -arch arm64 -syslibroot $SDK $IN -lSystem
//# command: LC_BUILD_VERSION platform=macos minos=12.0
//# run: exit 42
int main(void) { return 42; }
