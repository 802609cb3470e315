# Programs made of several images, for macOS: C++ with exceptions, RTTI and inline state across two dylibs and libc++;
# thread-local variables of a program, a dylib and a bundle; 140 MB of code, whose branches do not reach everything.
# limit: 600
. "$(dirname "$0")/macho.bash"

# Of what is inline in several images there must be one: type_info, a function's static variable, a template's.
cat > shapes.h <<'C'
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>
struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
    virtual std::string name() const { return "shape"; }
};
struct Square : Shape {                       // all inline: every image has its vtable
    double side;
    Square(double s) : side(s) {}
    double area() const override { return side * side; }
    std::string name() const override { return "square"; }
};
struct Circle : Shape {                       // its vtable is in one image
    double radius;
    Circle(double r) : radius(r) {}
    double area() const override;
};
struct TooSmall : std::runtime_error {
    int code;
    TooSmall(int c) : std::runtime_error("too small: " + std::to_string(c)), code(c) {}
};
template <typename T> struct Counted { static int alive; Counted() { alive++; } ~Counted() { alive--; } };
template <typename T> int Counted<T>::alive = 0;
inline std::map<std::string, int> &registry() { static std::map<std::string, int> all; return all; }
inline int next_number() { static int last = 0; return ++last; }
using Count = Counted<Shape>;
std::unique_ptr<Shape> make(const std::string &kind, double size);
double total(const std::vector<std::unique_ptr<Shape>> &all, int least);
[[noreturn]] void refuse(int code);
extern thread_local std::string per_thread;
C
cat > circle.cc <<'C'
#include "shapes.h"
static const int number = registry()["circle"] = next_number();
double Circle::area() const { return 3 * radius * radius; }
std::unique_ptr<Shape> make(const std::string &kind, double size) {
    Count counted;
    if (size < 0) refuse(static_cast<int>(size));
    if (kind == "circle") return std::make_unique<Circle>(size);
    if (kind == "square") return std::make_unique<Square>(size);
    throw std::out_of_range("no " + kind);
}
thread_local std::string per_thread = "fresh";
C
cat > total.cc <<'C'
#include "shapes.h"
static const int number = registry()["total"] = next_number();
void refuse(int code) { Count counted; throw TooSmall(code); }
double total(const std::vector<std::unique_ptr<Shape>> &all, int least) {
    Count counted;
    double sum = 0;
    for (const auto &shape : all) {
        if (shape->area() < least) refuse(least);
        sum += shape->area() * (dynamic_cast<Square *>(shape.get()) ? 1 : 100);
    }
    return sum;
}
C
cat > shapes.cc <<'C'
#include "shapes.h"
#include <cstdio>
#include <iostream>
#include <sstream>
#include <thread>
static const int number = registry()["main"] = next_number();
// Frames of every kind between the throw and the catch.
template <int N> double deep(const std::vector<std::unique_ptr<Shape>> &all, double a, double b) {
    Count counted;
    std::string text(N, 'x');
    double result = deep<N - 1>(all, a * 1.5 + N, b - a) + static_cast<double>(text.size());
    return result * (a > b ? 1 : 1);
}
template <> double deep<0>(const std::vector<std::unique_ptr<Shape>> &all, double, double) { return total(all, 50); }
int main() {
    for (const auto &[name, number] : registry()) std::cout << name << '=' << number << ' ';
    std::vector<std::unique_ptr<Shape>> all;
    all.push_back(make("square", 2));
    all.push_back(make("circle", 1));
    std::cout << total(all, 1) << ' ' << all[0]->name() << ' ' << all[1]->name() << '\n';
    try { deep<24>(all, 1, 2); } catch (const TooSmall &e) { std::cout << e.what() << ' ' << e.code << ' ' << Count::alive << '\n'; }
    try { make("line", 1); } catch (const std::logic_error &e) { std::cout << e.what() << '\n'; }
    try { make("circle", -7); } catch (const std::exception &e) { std::cout << e.what() << '\n'; }
    try { (void)std::string().at(3); } catch (const std::out_of_range &) { std::cout << "from libc++\n"; }
    try { (void)std::stoi("none"); } catch (...) {
        std::exception_ptr again = std::current_exception();
        try { std::rethrow_exception(again); } catch (const std::invalid_argument &) { std::cout << "rethrown\n"; }
    }
    std::vector<std::thread> threads;
    std::vector<std::string> said(4);
    for (int i = 0; i < 4; i++) threads.emplace_back([&said, i] {
        std::ostringstream out;
        out << per_thread << i;
        per_thread += "!";
        try { refuse(i); } catch (const TooSmall &e) { out << e.code << per_thread; }
        said[i] = out.str();
    });
    for (auto &thread : threads) thread.join();
    for (const auto &line : said) std::cout << line << ' ';
    std::cout << per_thread << ' ' << Count::alive << ' ' << next_number() << std::endl;
    return 0;
}
C

# Thread-local variables: with and without values, of one image and of another, through a dylib and a bundle.
cat > local.h <<'C'
struct wide { _Alignas(64) long long words[9]; };
extern _Thread_local int shared_counter;
extern _Thread_local struct wide shared_wide;
extern _Thread_local int *shared_pointer;
int bump(int by);
C
cat > local.c <<'C'
#include "local.h"
static int target = 40;
_Thread_local int shared_counter = 7;
_Thread_local struct wide shared_wide = {{1, 2, 3}};
_Thread_local int *shared_pointer = &target;
static _Thread_local char zeros[1000];
static _Thread_local short start = 5;
int bump(int by) { zeros[999] += by; return start += by + zeros[999] + *shared_pointer - 40; }
C
cat > plugin.c <<'C'
#include "local.h"
static _Thread_local int mine = 100;
int main_value(void);
int plug(int by) { shared_counter += by; return mine += by + main_value(); }
C
cat > locals.c <<'C'
#include "local.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
static _Thread_local int own = 3;
static int (*plug)(int);
int main_value(void) { return own; }
static void *work(void *argument) {
    int by = (int)(intptr_t)argument, sum = 0;
    if ((uintptr_t)&shared_wide % 64) return (void *)-1;
    for (int i = 0; i < 3; i++) own += by, sum += bump(by) * 10000 + plug(by);
    return (void *)(intptr_t)(sum + shared_counter * 1000000 + own + shared_wide.words[2]);
}
int main(int count, char **args) {
    void *bundle = dlopen(args[1], RTLD_NOW);
    if (!bundle) return printf("%s\n", dlerror()), 1;
    plug = (int (*)(int))dlsym(bundle, "plug");
    pthread_t threads[6];
    for (intptr_t i = 0; i < 6; i++) pthread_create(&threads[i], 0, work, (void *)i);
    for (int i = 0; i < 6; i++) {
        void *result;
        pthread_join(threads[i], &result);
        printf("%ld ", (long)(intptr_t)result);
    }
    printf("%d %d\n", shared_counter, own);
    return 0;
}
C
for unit in circle total shapes; do echo "$clangxx -std=c++20 -g $unit.cc -o o/$unit.o"; done > commands
for unit in local plugin locals; do echo "$clang $unit.c -o o/$unit.o"; done >> commands
xargs -P 2 -d '\n' -I@ sh -c "@ $target -O1 -Wall -c" < commands

link libtotal.dylib -lc++ -dylib -install_name @rpath/libtotal.dylib "$o/total.o"
link libcircle.dylib -lc++ -dylib -install_name @rpath/libcircle.dylib "$o/circle.o" libtotal.dylib
link shapes -lc++ -rpath @executable_path "$o/shapes.o" libcircle.dylib libtotal.dylib
link shapes-static -lc++ -dead_strip "$o/shapes.o" "$o/circle.o" "$o/total.o"
link liblocal.dylib -dylib -install_name @rpath/liblocal.dylib "$o/local.o"
link locals -rpath @loader_path "$o/locals.o" liblocal.dylib
link plugin.bundle -bundle -bundle_loader locals "$o/plugin.o" liblocal.dylib
for format in chained classic; do
  same 'circle=2 main=3 total=1 304 square shape' "$(run $format/shapes | sed -n 's/ $//;1p')"
  same 'circle=2 main=1 total=3 304 square shape' "$(run $format/shapes-static | head -n 1)"
  for program in shapes shapes-static; do
    same 'too small: 50 50 0
no line
too small: -7
from libc++
rethrown
fresh00fresh! fresh11fresh! fresh22fresh! fresh33fresh! fresh 0 4' "$(run $format/$program | tail -n +2)"
  done
  same "$(run lld/$format/locals lld/$format/plugin.bundle)" "$(run $format/locals $format/plugin.bundle)"
  same '7 3' "$(run $format/locals $format/plugin.bundle | sed 's/.* \(.* .*\)/\1/')"
  line $format/shapes _main shapes.cc:15
done
dumps {chained,classic}/{shapes,shapes-static,lib*.dylib,locals,plugin.bundle}
lief {chained,classic}/{shapes,shapes-static,lib*.dylib,locals,plugin.bundle}

# Code past the reach of a branch: 140 functions of a megabyte call each other, up and down, and libSystem.
python3 - > far.s <<'P'
count = 140
print(".text\n.p2align 2\n.globl _chain")
for i in range(count):
    name = "_chain" if i == 0 else f"_link{i}"
    print(f"""{name}:
  stp x29, x30, [sp, #-16]!
  mov x29, sp
  mov w2, #31
  mul w1, w1, w2
  add w1, w1, #{i}
  cbz w0, 1f
  sub w0, w0, #1
  bl {"_chain" if (i * 67 + 11) % count == 0 else f"_link{(i * 67 + 11) % count}"}
  ldp x29, x30, [sp], #16
  ret
1: mov w0, w1
  ldp x29, x30, [sp], #16
  b _abs
  .space 1048576""")
print(".subsections_via_symbols")
P
cat > far.c <<'C'
#include <stdio.h>
#include <stdlib.h>
int chain(unsigned depth, unsigned value);
static int check(int depth) {
    unsigned value = 0, at = 0;
    for (int i = 0; i <= depth; i++, at = (at * 67 + 11) % 140) value = value * 31 + at;
    return abs((int)value) == chain(depth, 0);
}
int main(void) {
    int good = 0;
    for (int depth = 0; depth < 400; depth++) good += check(depth);
    printf("%d\n", good);
    return 0;
}
C
for unit in far.c far.s; do $clang $target -O1 -c $unit -o o/$unit.o; done
without_lld=1
link far "$o/far.c.o" "$o/far.s.o"
for format in chained classic; do same 400 "$(run $format/far)"; done
rm {,one/}{chained,classic}/far o/far.s.o
