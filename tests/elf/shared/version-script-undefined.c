// --no-undefined-version: a name in the script that nothing defines is an error.
//# cflags: -fPIC
//# link: -shared $IN --version-script v.map --no-undefined-version
//# error: absent_name
//# link[allowed]: -shared $IN --version-script v.map --undefined-version
//# dynsym: shown
int shown;
//# file: v.map
{ global: shown; absent_name; local: *; };
