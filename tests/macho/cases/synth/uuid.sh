# The UUID depends on the content: not on the output's name, the folder or debugging entries, but on the code.
//# link: a.o
//# run: exit 42
//# sh: dwarf() { llvm-otool-19 -l "$1" | grep -A2 LC_UUID | tail -1; }; mkdir -p d; cp out d/first
//# sh: $LD -arch arm64 -platform_version macos 13.0 13.0 -syslibroot $SDK -o d/other a.o -lSystem; sh same.sh out d/other
//# sh: $LD -arch arm64 -platform_version macos 13.0 13.0 -syslibroot $SDK -o d/third b.o -lSystem; ! sh same.sh out d/third || exit 1
//# fixups: default
//# lld: differs because its identifier is the name and goes in
//# file: a.c
int main(void) { return 42; }
//# file: b.c
int main(void) { return 43; }
//# file: same.sh
uuid() { llvm-otool-19 -l "$1" | grep uuid; }
test "$(uuid $1)" = "$(uuid $2)"
