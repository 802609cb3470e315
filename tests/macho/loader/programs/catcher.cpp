// The executable of the C++ pair: exceptions cross the dylib both ways, types and weak definitions are one.
#include "shared.h"
#include <cassert>
#include <iostream>
#include <map>
#include <thread>
#include <typeinfo>
#include <vector>
int override_me() { return 2; }
struct Loud { const char *name; ~Loud() { std::cout << "~" << name << "\n"; } };
static Loud global{"global"};
thread_local Loud local{"local"};
static int caught;
static void throw_logic() { throw std::logic_error("logic"); }
static void throw_int() { throw 5; }
int main() {
  try { throw_problem(1); } catch (Problem &problem) { caught += problem.code == 1 && std::string(problem.what()) == "problem 1"; }
  try { call(throw_logic); } catch (std::exception &problem) { caught += dynamic_cast<Problem &>(problem).code == 2; }
  try { call(throw_int); } catch (int value) { caught += value == 5; }
  try { (void)std::vector<int>().at(3); } catch (std::out_of_range &) { caught++; }
  assert(caught == 4);
  assert(counter_address() == &shared_counter() && holder_address() == &Holder<int>::value);
  Base *made = make_derived();
  assert(dynamic_cast<Derived *>(made) && typeid(*made) == typeid(Derived) && made->name() == "derived");
  delete made;
  assert(overridden() == 2);
  std::map<std::string, double> map{{"a", 1.5}, {"b", 2}};
  for (auto &[key, value] : map) std::cout << key << "=" << value << " ";
  std::cout << std::endl;
  std::thread([] { std::cout << "thread " << local.name << std::endl; }).join();
  std::cout << "main " << local.name << std::endl;
  return 4;
}
