// An anonymous version script hides what it does not list and adds no versions.
//# cflags: -fPIC
//# link: -shared $IN --version-script v.map
//# dynsym: shown unversioned
//# no-dynsym: other
//# no-section: .gnu.version_d
//# link[joined]: -shared $IN --version-script=v.map
//# no-dynsym: other
int shown, other;
//# file: v.map
{ global: shown; local: *; };
