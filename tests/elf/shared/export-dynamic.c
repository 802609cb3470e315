// --export-dynamic exports all of an executable's default-visibility symbols.
//# cc-link: $IN -rdynamic
//# dynsym: f func
//# no-dynsym: hidden
//# cc-link[one]: $IN -Wl,--export-dynamic-symbol=f
//# dynsym: f func
//# no-dynsym: g
//# cc-link[list]: $IN -Wl,--dynamic-list=list
//# dynsym: f func
//# no-dynsym: g
int f(void) { return 1; }
int g(void) { return 1; }
__attribute__((visibility("hidden"))) int hidden(void) { return 2; }
int main(void) { return 0; }
//# file: list
{ f; };
