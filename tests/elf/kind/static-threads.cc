// A static C++ program with threads, call_once and condition variables: weak references into the C library.
//# cc: gcc clang
//# cc-link: -static $IN -pthread
//# run: exit 10
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>
static std::once_flag once;
static std::mutex mutex;
static std::condition_variable done;
static int count, calls;
int main() {
  std::vector<std::thread> threads;
  for (int i = 0; i < 9; i++) threads.emplace_back([] {
    std::call_once(once, [] { calls++; });
    std::lock_guard<std::mutex> lock(mutex);
    count++;
    done.notify_one();
  });
  { std::unique_lock<std::mutex> lock(mutex); done.wait(lock, [] { return count == 9; }); }
  for (auto &t : threads) t.join();
  return count + calls;
}
