// -exported_symbols_order puts the names that clients look up most first in the trie; all are found as before.
//# dylib: libown.dylib own.o -install_name @loader_path/libown.dylib -exported_symbols_order order
//# sh: test "$(grep -abo 'zulu' libown.dylib | head -1 | cut -d: -f1)" -lt "$(grep -abo 'alfa' libown.dylib | head -1 | cut -d: -f1)"
//# link: $IN libown.dylib
//# run: exit 42
//# lld: differs because it does not implement it
int zulu(void), alfa(void), mike(void);
int main(void) { return zulu() + alfa() + mike(); }
//# file: own.c
int zulu(void) { return 20; }
int alfa(void) { return 20; }
int mike(void) { return 2; }
//# file: order
_zulu # the first
_mike
