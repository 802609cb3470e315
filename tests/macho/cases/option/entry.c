// -e names the entry; a program without the default one is an error.
//# link: $IN -e _begin
//# run: exit 42
//# command: LC_MAIN entry=_begin
//# link[default]: $IN
//# error: _main
int begin(void) { return 42; }
