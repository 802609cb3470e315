// A compressed .debug_str merges with those of other files, compressed or not.
//# also: start.s
//# cflags: -g -gz=zlib -gdwarf-4
//# needs: gdb
//# link: $IN
//# sh: readelf -tW debug-str-compressed.o | grep -A3 '\.debug_str$' | grep -q COMPRESSED
//# sh: readelf -tW b.o | grep -A3 '\.debug_str$' | grep -q COMPRESSED
//# contains: .debug_str "a_structure_with_a_name_that_is_long\0" count=1
//# contains: .debug_str "a_structure_with_a_name_that_is_short\0" count=1
//# section: .debug_str flags=MS entsize=1 align=1
//# sh: gdb -batch -ex 'ptype struct a_structure_with_a_name_that_is_long' out | grep -q a_member_with_a_name_that_is_long
//# sh: gdb -batch -ex 'info line function_of_the_second_file' out | grep -q 'Line .* of "b.c"'
struct a_structure_with_a_name_that_is_long { int a_member_with_a_name_that_is_long; } one;
struct a_structure_with_a_name_that_is_short { int a_member_with_a_name_that_is_short; } small;
int main(void) { return one.a_member_with_a_name_that_is_long; }
//# file: b.c
struct a_structure_with_a_name_that_is_long { int a_member_with_a_name_that_is_long; } two;
struct a_structure_with_a_name_that_is_other { int a_member_with_a_name_that_is_other; } other;
int function_of_the_second_file(void) { return two.a_member_with_a_name_that_is_long; }
//# file: c.c
//# cflags: -gz=none
struct a_structure_with_a_name_that_is_short { int a_member_with_a_name_that_is_short; } three;
int g(void) { return three.a_member_with_a_name_that_is_short; }
