// Load commands of -r: a segment without a name, what the parts ask the final link for, no library, nothing of dyld.
//# link: -r $IN -add_linker_option -lmore -add_linker_option "-framework Kit"
//# lld: differs because it has no -r
//# command: LC_LINKER_OPTION -lz count=1
//# command: LC_LINKER_OPTION -lmore count=1
//# command: LC_LINKER_OPTION -framework Kit
//# command: LC_BUILD_VERSION
//# command: LC_SEGMENT_64 count=1
//# no-command: LC_LOAD_DYLIB
//# no-command: LC_UUID
//# no-command: LC_SOURCE_VERSION
//# no-command: LC_CODE_SIGNATURE
//# no-command: LC_FUNCTION_STARTS
//# sh: llvm-otool-19 -l out | grep -c 'segname *$' | grep -qx 1
//# sh: test ! -x out
//# symbol: _deflate undefined
//# cc-link: -r -nostdlib $IN
//# lld: differs because it has no -r
//# fixups: default
//# filetype: MH_OBJECT
//# link[source]: -r $IN -add_source_version -static
//# lld: differs because it has no -r
//# command: LC_SOURCE_VERSION
//# bare-link: -r $IN
//# lld: differs because it has no -r
//# fixups: default
//# command: LC_BUILD_VERSION
//# file: a.c
int deflate(void);
int a(void) { return deflate(); }
__asm__(".linker_option \"-lz\"");
//# file: b.c
__asm__(".linker_option \"-lz\"");
int b(void) { return 1; }
