// A dylib exports its external symbols; its identity and versions are what the options say.
//# link: $IN -dylib -install_name /opt/lib/libx.1.dylib -current_version 1.2.3 -compatibility_version 1
//# filetype: MH_DYLIB
//# flag: MH_NO_REEXPORTED_DYLIBS
//# no-flag: MH_PIE MH_WEAK_DEFINES MH_BINDS_TO_WEAK
//# command: LC_ID_DYLIB /opt/lib/libx.1.dylib current=1.2.3 compatibility=1.0
//# no-command: LC_MAIN
//# no-command: LC_LOAD_DYLINKER
//# no-segment: __PAGEZERO
//# segment: __TEXT addr=0 prot=r-x
//# export: _function value=_function
//# export: _variable value=_variable
//# no-export: _local _hidden
static int local = 3;
int variable = 4;
__attribute__((visibility("hidden"))) int hidden(void) { return local; }
int function(void) { return hidden() + variable++ + local++; }
