// Of the C++ pair: what both images define and must share one copy of.
#include <stdexcept>
#include <string>
struct Base { virtual ~Base() = default; virtual std::string name() const { return "base"; } };
struct Derived : Base { std::string name() const override { return "derived"; } };
struct Problem : std::runtime_error { int code; Problem(const std::string &what, int code) : runtime_error(what), code(code) {} };
inline int &shared_counter() { static int counter = 40; return counter; }
template <class T> struct Holder { static T value; };
template <class T> T Holder<T>::value = 7;
using Function = void (*)();
void *counter_address();
void *holder_address();
void throw_problem(int code);
void call(Function function);
Base *make_derived();
int overridden();
