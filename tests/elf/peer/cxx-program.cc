// A C++ program with containers, streams, exceptions, RTTI and statics behaves as GNU ld's does.
//# cc: gcc clang
//# cflags: -O1
//# cc-link: $IN
//# run: exit 0 prints "caught"
//# same-as: bfd run needed dynsym
//# cc-link[static]: -static $IN
//# run: exit 0 prints "caught"
//# cc-link[gc]: $IN -Wl,--gc-sections -Wl,-O1 -Wl,-z,now
//# run: exit 0 prints "caught"
//# same-as: bfd run
#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <vector>
struct Base { virtual ~Base() = default; virtual std::string name() const = 0; };
struct A : Base { std::string name() const override { return "A"; } };
struct B : A { std::string name() const override { return "B"; } };
static std::map<std::string, std::unique_ptr<Base>> registry;
static bool registered = (registry["a"].reset(new A), registry["b"].reset(new B), true);
int main() {
  std::ostringstream text;
  for (auto &[key, value] : registry) text << key << value->name() << (dynamic_cast<B *>(value.get()) ? "!" : "");
  std::vector<int> v{3, 1, 2};
  std::sort(v.begin(), v.end());
  std::cout << text.str() << v[0] << registered << typeid(B).name() << std::endl;
  try { v.at(7); } catch (const std::out_of_range &) { std::cout << "caught" << std::endl; return 0; }
  return 1;
}
