// A tentative definition that an export list does not name is a local symbol of the output, like any other.
//# cflags: -fcommon
//# lld: differs because it exports tentative definitions in any case
//# link: $IN -exported_symbol _main
//# symbol: _quiet private section=__DATA,__common
//# no-export: _quiet
//# run: exit 7
int quiet;
int main(void) { quiet = 7; return quiet; }
