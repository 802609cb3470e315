// .debug_str merges across files, and the references to it follow.
//# also: start.s
//# cflags: -g -gdwarf-4
//# link: $IN
//# contains: .debug_str "a_structure_with_a_name\0" count=1
//# sh: gdb -batch -ex 'ptype struct a_structure_with_a_name' out | grep -q a_member_with_a_name
//# needs: gdb
struct a_structure_with_a_name { int a_member_with_a_name; } one;
int main(void) { return one.a_member_with_a_name; }
//# file: b.c
struct a_structure_with_a_name { int a_member_with_a_name; } two;
int f(void) { return two.a_member_with_a_name; }
