// -demangle shows C++ names as they are written.
//# link: $IN -demangle
//# error: "ns::missing(int)", referenced from:
namespace ns { int missing(int); }
int main() { return ns::missing(1); }
