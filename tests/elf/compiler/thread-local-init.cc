// thread_local with a constructor: wrappers and weak init functions across files.
//# cc: gcc clang
//# cc-link: $IN -pthread
//# run: exit 42
#include <string>
extern thread_local std::string text;
int main() { return (int)text.size() + 36; }
//# file: b.cc
#include <string>
thread_local std::string text = "string";
