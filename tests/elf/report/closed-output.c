// Nobody reading what is printed is no reason to crash, and nothing left behind holds the pipe open.
//# also: start.s
//# link: $IN
//# sh: $LD --help >/dev/full 2>err || true; if grep -q panicked err; then cat err; exit 1; fi
//# sh: $LD --help 2>err | head -n 1 >/dev/null; if grep -q panicked err; then cat err; exit 1; fi
//# sh: $LD $IN -M >&- 2>err -o o || true; if grep -q panicked err; then cat err; exit 1; fi
//# sh: $LD $IN nowhere.o -o o 2>&- && exit 1; test $? = 1
//# sh: timeout 5 sh -c '$LD $IN -o o 2>&1 | cat'
int main(void) { return 0; }
