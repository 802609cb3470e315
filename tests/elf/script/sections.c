// A script that lays the image out is refused by name and line, with what to use instead.
//# link: $IN -T layout.ld
//# error: layout.ld: line 1: SECTIONS is not supported: use GNU ld or lld for linker scripts with SECTIONS
//# unlike: bfd lld -- they have it
int _start(void) { return 0; }
//# file: layout.ld
SECTIONS { .text : { *(.text*) } }
