// strip, objcopy, patchelf and gdb work on what was linked, and the result still runs.
//# needs: gdb patchelf
//# cflags: -g -O1 -fPIE
//# cc-link: $IN
//# run: exit 3
//# sh: strip -o stripped $OUT; ./stripped || test $? = 3
//# sh: strip -g -o some $OUT; ./some || test $? = 3
//# sh: objcopy $OUT copied; ./copied || test $? = 3
//# sh: objcopy --only-keep-debug $OUT out.debug; objcopy --add-gnu-debuglink=out.debug stripped linked; ./linked || test $? = 3
//# sh: gdb -nx -batch -ex 'info line answer' linked | grep -q tools-after.c
//# sh: patchelf --set-rpath /a/rather/long/path/that/does/not/fit $OUT --output patched; ./patched || test $? = 3
//# sh: patchelf --add-needed libm.so.6 $OUT --output more; ./more || test $? = 3
//# cc-link[relr]: $IN -Wl,-z,pack-relative-relocs
//# run: exit 3
int values[3] = { 1, 2, 3 };
int *pointer = &values[2];
_Thread_local int local = 0;
__attribute__((noinline)) int answer(void) { return *pointer + local; }
int main(void) { return answer(); }
