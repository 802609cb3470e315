// The signature's identifier is the output's name without its folder.
//# fixups: default
//# link: $IN
//# run: exit 42
//# sh: mkdir -p d; $LD -arch arm64 -platform_version macos 13.0 13.0 -syslibroot $SDK $IN -o d/named_so -lSystem; grep -aq named_so d/named_so; ! grep -aq d/named_so d/named_so || exit 1
int main(void) { return 42; }
