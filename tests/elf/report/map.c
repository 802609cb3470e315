// -Map, -M and --print-map list output sections, where each input section went, and symbols.
//# also: start.s
//# link: $IN -Map=out.map
//# file-has: out.map ".text"
//# file-has: out.map "map.o:(.text)"
//# file-has: out.map "main"
//# link[separate]: $IN -Map out2.map
//# file-has: out2.map "start.o"
//# link[printed]: $IN -M
//# prints: map.o:(.text)
//# link[long]: $IN --print-map
//# prints: map.o:(.text)
int main(void) { return 0; }
