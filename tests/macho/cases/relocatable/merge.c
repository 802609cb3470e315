// -r merges objects into one that links like they did.
//# lld: differs because it has no -r
//# link: $IN -r
//# filetype: MH_OBJECT
//# flag: MH_SUBSECTIONS_VIA_SYMBOLS
//# symbol: _main external
//# symbol: _twice external
//# symbol: _toupper undefined
//# sh: $LD -arch arm64 -platform_version macos 13.0 13.0 -syslibroot $SDK out -lSystem -o program
int toupper(int), twice(int);
int main(void) { return twice(toupper(21)); }
//# file: other.c
static const char *text = "text";
int twice(int x) { return 2 * x + (text[0] != 't'); }
