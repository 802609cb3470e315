// -init names a function that runs first; it is in a load command of its own.
//# lld: differs because it ignores it
//# link: $IN -dylib -init _first
//# command: LC_ROUTINES_64
//# link[missing]: $IN -dylib -init _nothing
//# error: -init command line option
void first(void) {}
