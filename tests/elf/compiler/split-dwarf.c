// -gsplit-dwarf: skeleton units are relocated, and gdb finds the .dwo files.
//# cc: gcc clang
//# cflags: -g -gsplit-dwarf -O0
//# needs: gdb
//# cc-link: $IN
//# sh: gdb -nx -batch -ex 'set debuginfod enabled off' -ex 'ptype value' out | grep -q a_member
struct found_in_dwo { int a_member; } value = { 3 };
int main(void) { return value.a_member; }
