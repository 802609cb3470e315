// -dependency_info notes the linker's version, what was read and what was written, in Xcode's binary form.
//# link: $IN -dependency_info deps
//# file-has: deps "dependency_info.o"
//# file-has: deps "libSystem.tbd"
//# file-has: deps "out"
int main(void) { return 0; }
