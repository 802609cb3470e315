// The dylib of the C++ pair.
#include "shared.h"
void *counter_address() { return &shared_counter(); }
void *holder_address() { return &Holder<int>::value; }
void throw_problem(int code) { std::string keep(100, 'x'); throw Problem("problem " + std::to_string(code), code); }
void call(Function function) {
  try {
    function();
  } catch (const std::logic_error &) {
    throw_problem(2);
  }
}
Base *make_derived() { return new Derived; }
__attribute__((weak)) int override_me() { return 1; }
int overridden() { return override_me(); }
