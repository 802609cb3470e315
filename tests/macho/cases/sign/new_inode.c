// A link over a signed program makes a new file: macOS kills a process whose signed pages change under it.
//# lld: differs because it may write in place
//# fixups: default
//# link: $IN
//# run: exit 42
//# sh: ln out before; $LD -arch arm64 -platform_version macos 13.0 13.0 -syslibroot $SDK $IN -o out -lSystem
//# sh: test "$(stat -c %i out)" != "$(stat -c %i before)"
int main(void) { return 42; }
