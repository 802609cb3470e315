// --version alone succeeds and names a GNU-compatible linker; --help shows what build systems look for.
//# also: start.s
//# link: $IN
//# sh: $LD --version | head -1 | grep -qi gnu
//# sh: $LD -v | grep -qi gnu
//# sh: $LD --help > h; grep -q -e '--push-state' h; grep -q -e '--pop-state' h; grep -q -e '--as-needed' h
//# sh: $LD -V >/dev/null || true
int main(void) { return 0; }
