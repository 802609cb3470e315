// Options that are only bits of the header.
//# link: $IN -dylib -mark_dead_strippable_dylib -application_extension
//# flag: MH_DEAD_STRIPPABLE_DYLIB MH_APP_EXTENSION_SAFE
int f(void) { return 1; }
