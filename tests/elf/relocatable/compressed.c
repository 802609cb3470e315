// -r inflates debug sections, so that those of several inputs can be joined.
//# before: objcopy --compress-debug-sections=zlib compressed.o; objcopy --compress-debug-sections=zlib b.o
//# cflags: -g
//# link: -r $IN
//# section: .debug_info flags= count=1
//# sh: $CC -no-pie -o prog out; gdb -nx -batch -ex 'info line main' -ex 'info line b' prog | grep -c 'starts at' | grep -qx 2
//# needs: gdb
int b(void);
int main(void) { return b(); }
//# file: b.c
int b(void) { return 1; }
