// -exported_symbols_list names what is exported, with globs and comments; the rest becomes private.
//# link: $IN -dylib -exported_symbols_list list
//# export: _first
//# export: _api_one
//# export: _api_two
//# no-export: _other
//# symbol: _other local private
//# link[one]: $IN -dylib -exported_symbol _first -exported_symbol '_api_[t-z]*'
//# export: _first
//# export: _api_two
//# no-export: _other _api_one
int first(void) { return 1; }
int api_one(void) { return 1; }
int api_two(void) { return 1; }
int other(void) { return 1; }
//# file: list
# what there is
_first
_api_*   
