// -alias gives a symbol another name, -alias_list many; the new names are exported like the old.
//# link: $IN -alias _main _start_here -alias _value _other
//# run: exit 42
//# export: _start_here value=_main
//# symbol: _other external
//# check: _other == _value
int value = 42;
int main(void) { return value; }
