# C++ across shared objects: exceptions, RTTI, thread-locals, static initialization, dlopen; g++ and clang++, sanitizers.
. "$(dirname "$0")/lib.bash"
cat > shared.h <<'H'
#pragma once
#include <memory>
#include <stdexcept>
#include <string>
struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
    ~Failure() override;
};
struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
};
struct Square : virtual Shape {
    explicit Square(double side) : side(side) {}
    double area() const override { return side * side; }
    double side;
};
template <typename T> struct Registry {
    static inline int entries = 0;                      // one, however many objects instantiate it
    static T &instance() { static T value{}; return value; }
};
inline thread_local int inline_thread = 5;              // needs a wrapper and an init function per object
extern thread_local int library_thread;
extern thread_local std::string constructed_thread;
extern const char *const order;
void throw_failure(int depth, const std::string &text);
int call_back(int (*f)(int), int x);
std::unique_ptr<Shape> make_square(double side);
int *registry_from_library();
int *inline_thread_from_library();
H
cat > library.cc <<'C'
#include "shared.h"
#include <iostream>
#include <vector>
Failure::~Failure() = default;                          // the key function: vtable and type information are here
thread_local int library_thread = 7;
thread_local std::string constructed_thread = std::string(40, 'x');
namespace { struct Early { Early() { std::cout << "library is initialized\n"; Registry<int>::entries++; } } early; }
const char *const order = [] { return "constant"; }();
struct Guard { std::vector<int> *log; int id; ~Guard() { log->push_back(id); } };
std::vector<int> unwound;
void throw_failure(int depth, const std::string &text) {
    Guard guard{&unwound, depth};
    if (depth == 0) throw Failure(text);
    throw_failure(depth - 1, text + ".");
}
int call_back(int (*f)(int), int x) {
    try { return f(x); } catch (const std::out_of_range &) { return -1; }
}
std::unique_ptr<Shape> make_square(double side) { return std::make_unique<Square>(side); }
int *registry_from_library() { return &Registry<int>::instance(); }
int *inline_thread_from_library() { return &inline_thread; }
C
cat > plugin.cc <<'C'
#include "shared.h"
static thread_local int calls = 100;                    // a thread-local of an object that is loaded late
extern "C" int plugin(int x) {
    ++calls;
    if (x == 1) throw Failure("from the plugin");
    if (x == 2) throw std::out_of_range("caught by the library");
    return calls + Registry<int>::entries;
}
C
cat > main.cc <<'C'
#include "shared.h"
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <future>
#include <iostream>
#include <map>
#include <regex>
#include <sstream>
#include <thread>
#include <vector>
extern std::vector<int> unwound;
namespace { struct Early { Early() { std::cout << "program is initialized\n"; } ~Early() { std::cout << "program ends\n"; } } early; }
#define CHECK(c) do { if (!(c)) { std::printf("line %d: %s\n", __LINE__, #c); std::exit(1); } } while (0)
static int throws(int x) { if (x > 2) throw std::out_of_range("x"); return x; }
int main(int, char **args) {
    try { throw_failure(3, "deep"); CHECK(false); } catch (const std::exception &e) {
        CHECK(std::string(e.what()) == "deep...");
        CHECK(dynamic_cast<const Failure *>(&e) != nullptr);
        CHECK(typeid(e) == typeid(Failure));
    }
    CHECK((unwound == std::vector<int>{0, 1, 2, 3}));
    CHECK(call_back(throws, 1) == 1 && call_back(throws, 5) == -1);
    auto shape = make_square(3);
    CHECK(dynamic_cast<Square *>(shape.get()) && shape->area() == 9);
    CHECK(registry_from_library() == &Registry<int>::instance());
    CHECK(inline_thread_from_library() == &inline_thread && inline_thread == 5);
    library_thread = 8;
    constructed_thread += "y";
    std::thread([] { CHECK(library_thread == 7 && constructed_thread.size() == 40); CHECK(inline_thread == 5); inline_thread = 6; }).join();
    CHECK(library_thread == 8 && constructed_thread.size() == 41 && inline_thread == 5);
    auto later = std::async(std::launch::async, []() -> int { throw Failure("from a thread"); });
    try { later.get(); CHECK(false); } catch (const Failure &e) { CHECK(std::string(e.what()) == "from a thread"); }
    std::stringstream text;
    text << std::hex << 255 << ' ' << 1.5;
    CHECK(text.str() == "ff 1.5");
    CHECK(std::regex_match("abc123", std::regex("[a-z]+\\d{3}")));
    if (args[1]) {
        void *plugin = dlopen(args[1], RTLD_NOW);
        if (!plugin) return std::printf("%s\n", dlerror()), 1;
        auto call = reinterpret_cast<int (*)(int)>(dlsym(plugin, "plugin"));
        CHECK(call(0) == 102);
        try { call(1); CHECK(false); } catch (const Failure &e) { CHECK(std::string(e.what()) == "from the plugin"); }
        CHECK(call_back(call, 2) == -1);
        std::thread([&] { CHECK(call(0) == 102); }).join();
        CHECK(call(0) == 105);
        CHECK(dlclose(plugin) == 0);
    }
    std::cout << order << " " << Registry<int>::entries << std::endl;
    return 0;
}
C
expected="library is initialized
program is initialized
constant 1
program ends"

for compiler in g++ "$clangxx"; do
  for options in "-O0" "-O2 -g"; do
    for source in main library plugin; do "$compiler" -std=c++17 $options -fPIC -pthread -c $source.cc -o $source.o; done
    through "$compiler" -shared library.o -o liblibrary.so
    through "$compiler" -shared -Wl,-z,now plugin.o -o plugin.so
    through "$compiler" -pthread main.o -L. -llibrary -Wl,-rpath,"$PWD" -o dynamic
    linked_by_us dynamic liblibrary.so plugin.so
    same "$expected" "$(./dynamic ./plugin.so)"
    same "$expected" "$(LD_BIND_NOW=1 ./dynamic ./plugin.so)"

    through "$compiler" -pthread -rdynamic library.o main.o -o whole
    same "$expected" "$(./whole ./plugin.so)"
    through "$compiler" -pthread -static-libstdc++ -static-libgcc -Wl,--gc-sections library.o main.o -o static-runtime
    same "$expected" "$(./static-runtime)"
    ! readelf -d static-runtime | grep -qE 'NEEDED.*(stdc|gcc_s)' || fail "static-runtime needs the C++ runtime"
    through "$compiler" -pthread -static library.o main.o -o static 2>warnings
    same "$expected" "$(./static)"
    through "$compiler" -pthread -static-pie library.o main.o -o static-pie 2>warnings
    same "$expected" "$(./static-pie)"
    linked_by_us whole static-runtime static static-pie
  done
done

# Other models of code. Position-dependent, with copies of the library's data and addresses of its functions.
for source in main library; do g++ -std=c++17 -O1 -fno-pie -pthread -c $source.cc -o fixed-$source.o; done
through g++ -no-pie -pthread fixed-main.o -L. -llibrary -Wl,-rpath,"$PWD" -o fixed
same "$expected" "$(./fixed)"
g++ -std=c++17 -O1 -mcmodel=large -fPIC -pthread -c main.cc -o large.o
through g++ -pthread library.o large.o -rdynamic -o large
same "$expected" "$(./large ./plugin.so)"
g++ -std=c++17 -O1 -fPIC -mtls-dialect=gnu2 -pthread -c library.cc -o descriptor.o
through g++ -shared descriptor.o -o libdescriptor.so
through g++ -pthread main.o -L. -ldescriptor -Wl,-rpath,"$PWD" -o descriptor
same "$expected" "$(./descriptor ./plugin.so)"
linked_by_us fixed large libdescriptor.so descriptor

# Sanitizers bring runtimes with their own start-up, interposition and thread-locals. gcc's are with the compiler;
# clang's are a package of their own.
try_sanitizer() {
  local compiler=$1 sanitizer=$2 name
  name=$(basename "$compiler")-$sanitizer
  echo 'int main() { return 0; }' > none.cc
  "$compiler" -fsanitize=$sanitizer none.cc -o none 2>none.log || { echo "no $name here"; return 0; }
  "$compiler" -std=c++17 -O1 -g -fPIE -fsanitize=$sanitizer -pthread -c main.cc -o s-main.o
  "$compiler" -std=c++17 -O1 -g -fPIC -fsanitize=$sanitizer -pthread -c library.cc -o s-library.o
  through "$compiler" -pthread -fsanitize=$sanitizer s-library.o s-main.o -o "$name"
  linked_by_us "$name"
  same "$expected" "$(setarch -R ./"$name")"
}
try_sanitizer g++ address
try_sanitizer g++ undefined
try_sanitizer "$clangxx" address
try_sanitizer "$clangxx" undefined
cat > overflow.cc <<'C'
#include <vector>
int main(int count, char **) { std::vector<int> v(4); int *p = v.data(); return p[3 + count]; }
C
through g++ -g -fsanitize=address overflow.cc -o overflow
status=0; setarch -R ./overflow 2>report || status=$?
[ "$status" != 0 ] || fail "an overflow went unnoticed"
has report 'heap-buffer-overflow' 'main .*overflow.cc:2'
