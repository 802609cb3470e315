// -sectcreate puts a file into a section of its own.
//# link: $IN -sectcreate __TEXT __info_plist info -sectcreate __DATA more info
//# run: exit 42
//# contains: __TEXT,__info_plist "<plist/>"
//# section: __DATA,more
extern char begin __asm__("section$start$__TEXT$__info_plist");
int main(void) { return begin == '<' ? 42 : 1; }
//# file: info
<plist/>
