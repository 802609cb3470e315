// strip, objcopy and patchelf work on what we write, and the results run.
//# cflags: -g
//# needs: patchelf objcopy strip
//# cc-link: $IN -Wl,-z,now
//# run: stdout "hello\n"
//# sh: strip -o a out && ./a | grep -q hello
//# sh: objcopy --only-keep-debug out out.debug && objcopy --strip-debug --add-gnu-debuglink=out.debug out b && ./b | grep -q hello
//# sh: cp out c && patchelf --set-rpath /somewhere/else c && ./c | grep -q hello && patchelf --print-rpath c | grep -q /somewhere/else
//# sh: objcopy -O binary -j .text out text.bin && test -s text.bin
#include <stdio.h>
int main(void) { puts("hello"); return 0; }
