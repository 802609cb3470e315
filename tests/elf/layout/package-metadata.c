// --package-metadata writes a note with the JSON given, percent-decoded.
//# also: start.s
//# link: $IN --package-metadata='{"type":"deb"}'
//# contains: .note.package "FDO\0{\"type\":\"deb\"}\0"
//# link[encoded]: $IN --package-metadata=%7B%22a%22:1%7D
//# contains: .note.package "FDO\0{\"a\":1}\0"
//# unlike: bfd lld
int main(void) { return 0; }
