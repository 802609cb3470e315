// A C++ library exports and imports what GNU ld's does.
//# cflags: -fPIC -O1
//# cc-link: -shared $IN -Wl,-soname,libx.so -Wl,--version-script=v.map -lpthread
//# same-as: bfd needed dynsym
#include <iostream>
#include <string>
#include <vector>
namespace api { std::string greet(const std::string &n) { std::vector<std::string> v{"hi ", n}; return v[0] + v[1]; } }
namespace detail { int secret() { std::cout << "x"; return 1; } }
extern "C" int api_version(void) { return detail::secret(); }
//# file: v.map
V1 { global: api_*; extern "C++" { api::*; }; local: *; };
