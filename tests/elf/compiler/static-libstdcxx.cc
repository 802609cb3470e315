// -static-libstdc++ -static-libgcc brackets libraries with -Bstatic and -Bdynamic.
//# cc-link: $IN -static-libstdc++ -static-libgcc
//# run: exit 3
//# no-dynamic: NEEDED libstdc++.so.6
//# dynamic: NEEDED libc.so.6
#include <string>
#include <stdexcept>
int main() { try { throw std::runtime_error("abc"); } catch (std::exception &e) { return (int)std::string(e.what()).size(); } }
