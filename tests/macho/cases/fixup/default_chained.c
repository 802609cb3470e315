// The deployment target chooses the format: chains from macOS 13, opcodes before.
//# bare-link: -arch arm64 -platform_version macos 13.0 13.0 -syslibroot $SDK $IN -lSystem
//# run: exit 42
//# command: LC_DYLD_CHAINED_FIXUPS
//# fixups: default
//# bare-link[old]: -arch arm64 -platform_version macos 11.0 13.0 -w -syslibroot $SDK $IN -lSystem
//# run: exit 42
//# command: LC_DYLD_INFO_ONLY
//# fixups: default
int *volatile pointer, value = 42;
int main(void) { pointer = &value; return *pointer; }
