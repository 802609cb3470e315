// A script that lays the image out is refused by name and line, with what to use instead.
//# link: $IN -T layout.ld
//# error: layout.ld: line 1: MEMORY is not supported: use GNU ld or lld for linker scripts with MEMORY
//# unlike: bfd lld -- they have it
int _start(void) { return 0; }
//# file: layout.ld
MEMORY { flash (rx) : ORIGIN = 0x8000000, LENGTH = 64K }
