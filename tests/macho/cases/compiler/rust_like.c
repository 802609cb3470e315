// What rustc passes: its own spelling of the version, a list of exports, -dead_strip, no default libraries.
//# cc-link: $IN -arch arm64 -mmacosx-version-min=11.0.0 -nodefaultlibs -lSystem -lc -lm -Wl,-dead_strip -dynamiclib -Wl,-exported_symbols_list -Wl,list -Wl,-install_name,@rpath/librust.dylib
//# export: _kept
//# no-export: _other
int kept(void) { return 1; }
int other(void) { return 2; }
//# file: list
_kept
