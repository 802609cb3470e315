// -z rodynamic makes .dynamic read-only, and DT_DEBUG goes.
//# cflags: -fPIC
//# link: -shared $IN -z rodynamic
//# section: .dynamic flags=A
//# unlike: bfd
int f(void) { return 0; }
