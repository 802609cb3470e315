// What the compiler driver says for a dylib: names and versions in its own spelling.
//# cc-link: $IN -dynamiclib -install_name @rpath/x.dylib -current_version 3 -compatibility_version 2 -Wl,-dead_strip
//# filetype: MH_DYLIB
//# command: LC_ID_DYLIB @rpath/x.dylib current=3.0 compatibility=2.0
//# export: _f
int f(void) { return 1; }
