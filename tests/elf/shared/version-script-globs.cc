// Version scripts match globs, exact names first, C++ names as written, and quoted names literally.
//# cflags: -fPIC
//# link: -shared $IN --version-script v.map -soname libv.so
//# dynsym: api_one@@V1
//# dynsym: api_two@@V2
//# dynsym: _ZN3lib4openEi@@V1
//# dynsym: _ZN3lib5closeEv@@V1
//# dynsym: odd1@@V1
//# no-dynsym: _ZN3lib6secretEv private1 oddx api_hidden
//# same-as: bfd dynsym
namespace lib { int open(int) { return 1; } int close() { return 2; } int secret() { return 3; } }
extern "C" {
int api_one(void) { return 4; }
int api_two(void) { return 5; }
int api_hidden(void) { return 5; }
int private1(void) { return 6; }
int odd1(void) { return 7; }
int oddx(void) { return 7; }
}
//# file: v.map
# comments of both kinds /* and */
V1 {
  global:
    api_*; odd[0-9];
    extern "C++" { "lib::open(int)"; lib::cl*; };
  local: *; api_hidden;
};
V2 { global: api_two; } V1;
