// -r ignores what only finished files have: -soname, version scripts, --hash-style, --build-id none.
//# link: -r $IN -soname x --hash-style=gnu -z now --as-needed -rpath /x -O1
//# no-section: .dynamic .dynsym .gnu.hash
//# no-segment: DYNAMIC
//# unlike: bfd lld
int f(void) { return 1; }
