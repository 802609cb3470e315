// VERSION in an input script is a version script.
//# cflags: -fPIC
//# link: -shared $IN extra.ld
//# dynsym: shown@@V1
//# no-dynsym: other
int shown, other;
//# file: extra.ld
VERSION { V1 { global: shown; local: *; }; }
