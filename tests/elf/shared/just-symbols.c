// -R FILE, the symbols of another program, is refused with a way around it; -R FOLDER is -rpath.
//# link: $IN -R a-file.txt
//# error: -R with a file is not for this linker
//# unlike: bfd lld -- they have it, or take it for -rpath
int _start(void) { return 0; }
//# file: a-file.txt
nothing
