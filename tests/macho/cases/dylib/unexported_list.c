// -unexported_symbols_list hides what it names and nothing else.
//# link: $IN -dylib -unexported_symbols_list list -unexported_symbol _single
//# export: _kept
//# no-export: _hide_one _hide_two _single
//# symbol: _hide_one local private
int kept, hide_one, hide_two, single;
//# file: list
_hide_*
