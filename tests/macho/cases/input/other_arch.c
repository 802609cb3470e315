// x86_64 is refused, and not linked as if it were arm64.
//# lld: differs because it links it
//# bare-link: -arch x86_64 -platform_version macos 13.0 13.0 -syslibroot $SDK $IN -lSystem
//# error: -arch x86_64 is not built yet
int main(void) { return 0; }
