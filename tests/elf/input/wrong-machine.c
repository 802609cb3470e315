// An object for another machine is an error that names it, and so is a 32-bit one.
//# also: start.s
//# before: printf '\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x01\0\xb7\0\x01\0\0\0' > arm.o; head -c 40 /dev/zero >> arm.o
//# before: $CC -m32 -c -x c /dev/null -o i386.o || $CC -c -x assembler -Wa,--32 /dev/null -o i386.o
//# link: $IN arm.o
//# error: arm.o
//# link[32]: $IN i386.o
//# error: i386.o
int main(void) { return 0; }
