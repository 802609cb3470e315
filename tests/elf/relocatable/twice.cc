// -r of -r gives what a program needs: exceptions, TLS, COMDAT, strings and debug information survive two merges.
//# cflags: -g
//# before: $LD -r -o first.o twice.o b.o; $LD -r -o second.o first.o c.o
//# cc-link: second.o
//# run: exit 14 stdout "a string\n"
//# sh: gdb -nx -batch -ex 'info line thrower' out | grep -q 'b.cc'
//# needs: gdb
#include <cstdio>
#include <vector>
inline int shared_inline(int x) { static int n; return n += x; }
thread_local int counter = 2;
int thrower(int);
const char *text();
int main() {
  std::vector<int> v{1, 2};
  puts(text());
  try { thrower(shared_inline(3)); } catch (int x) { return x + counter + v[1] + shared_inline(1); }
  return 1;
}
//# file: b.cc
inline int shared_inline(int x) { static int n; return n += x; }
extern thread_local int counter;
int thrower(int x) { counter++; throw x + shared_inline(0) - 1; }
//# file: c.cc
const char *text() { return "a string"; }
