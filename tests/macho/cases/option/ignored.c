// Options that Apple's linker accepts for old times' sake change nothing and say nothing.
//# lld: differs because it warns
//# link: $IN -ld_classic -search_paths_first -no_deduplicate -lto_library /nowhere/libLTO.dylib -demangle -multiply_defined suppress -single_module -mllvm -enable-linkonceodr-outlining -no_warn_duplicate_libraries -dynamic
//# run: exit 42
int main(void) { return 42; }
