// -map lists objects, sections and symbols in the form that tools read.
//# link: $IN -map map
//# file-has: map "# Path: "
//# file-has: map "# Arch: arm64"
//# file-has: map "# Object files:"
//# file-has: map "# Sections:"
//# file-has: map "# Symbols:"
//# file-has: map "_main"
//# file-has: map "literal string: in the map"
//# file-has: map "[  2] _puts"
//# file-has: map "[  0] non-lazy-pointer-to-local: "
const char *text = "in the map";
int puts(const char *);
int main(void) { return puts(text) < 0; }
