// Exceptions travel through frames of several files, static or dynamic, PIE or not.
//# cc: gcc clang
//# cc-link: $IN
//# run: exit 6
//# segment: GNU_EH_FRAME holds=.eh_frame_hdr
//# cc-link[static]: -static $IN
//# run: exit 6
//# cc-link[static-pie]: -static-pie $IN
//# run: exit 6
//# cc-link[no-pie]: -no-pie $IN
//# run: exit 6
#include <stdexcept>
int f(int);
int main() { try { return f(3); } catch (const std::runtime_error &e) { return e.what()[0] - 'a'; } }
//# file: b.cc
#include <stdexcept>
#include <string>
struct S { std::string s; ~S() { s.clear(); } };
int f(int x) { S s{"text"}; if (x > 2) throw std::runtime_error("great"); return 1; }
