// A debugger sets a breakpoint by line, walks the stack and prints a variable.
//# cc: gcc clang
//# cflags: -g -O0
//# needs: gdb
//# cc-link: $IN
//# sh: gdb -nx -batch -ex 'set debuginfod enabled off' -ex 'break inner' -ex run -ex bt -ex 'print x' ./out > log 2>&1; grep -q 'debugger.c:' log && grep -q '#1 .* main' log && grep -q '= 41' log
static int inner(int x) { return x + 1; }
int main(void) { return inner(41) != 42; }
