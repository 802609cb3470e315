// A bundle has no identity, and finds the program's symbols with -bundle_loader.
//# program: host host.o
//# link: bundle.o -bundle -bundle_loader host
//# filetype: MH_BUNDLE
//# no-command: LC_ID_DYLIB
//# no-flag: MH_PIE MH_NO_REEXPORTED_DYLIBS
//# import: _provided from main
//# export: _call
int provided(void);
int call(void) { return provided(); }
//# file: host.c
int provided(void) { return 1; }
int main(void) { return 0; }
