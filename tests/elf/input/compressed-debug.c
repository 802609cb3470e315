// zlib-compressed debug sections are inflated and relocated.
//# also: start.s
//# cflags: -g -gz=zlib -gdwarf-4
//# link: $IN
//# contains: .debug_str "a_rather_long_name_for_a_variable\0"
//# lacks: .debug_info "x\x9c"
//# sh: gdb -batch -ex 'info line main' out | grep -q 'compressed-debug.c'
//# needs: gdb
int a_rather_long_name_for_a_variable;
struct a_structure { int first, second, third, fourth; } instance;
int main(void) { return a_rather_long_name_for_a_variable + instance.first; }
