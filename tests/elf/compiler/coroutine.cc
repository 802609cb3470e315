// Coroutines, lambdas and designated COMDAT sections of C++20.
//# cc: gcc clang
//# cflags: -std=c++20 -O1
//# cc-link: $IN
//# run: exit 6
#include <coroutine>
struct Numbers {
  struct promise_type {
    int value;
    Numbers get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(int v) { value = v; return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
  std::coroutine_handle<promise_type> handle;
};
Numbers count() { for (int i = 1; i < 4; i++) co_yield i; }
int main() {
  int sum = 0;
  Numbers n = count();
  for (n.handle.resume(); !n.handle.done(); n.handle.resume()) sum += n.handle.promise().value;
  n.handle.destroy();
  return sum;
}
