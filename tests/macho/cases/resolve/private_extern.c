// Hidden visibility crosses objects but not the image: the symbol becomes local and is not exported.
//# link: $IN
//# run: exit 42
//# symbol: _hidden local private section=__TEXT,__text
//# no-export: _hidden
//# export: _shown
int hidden(void);
int shown(void) { return 2; }
int main(void) { return hidden() + shown(); }
//# file: hidden.c
__attribute__((visibility("hidden"))) int hidden(void) { return 40; }
