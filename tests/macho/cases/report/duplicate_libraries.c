// A library that is named twice is worth no word, unless -warn_duplicate_libraries asks for one.
//# lld: differs because it knows neither option
//# link: $IN -lSystem -no_warn_duplicate_libraries
//# silent: duplicate
//# link[warn]: $IN -lSystem -warn_duplicate_libraries
//# warning: ignoring duplicate libraries: '-lSystem'
//# command: LC_LOAD_DYLIB count=1
int main(void) { return 0; }
