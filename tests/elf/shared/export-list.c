// --export-dynamic-symbol-list exports what it lists, globs included.
//# cc-link: $IN -Wl,--export-dynamic-symbol-list=list
//# dynsym: api_one
//# dynsym: api_two
//# no-dynsym: other
int api_one, api_two, other;
int main(void) { return 0; }
//# file: list
{ api_*; };
