// --dependency-file writes a rule for make: the output, every input, and an empty rule for each.
//# also: start.s
//# archive: liba.a a.o
//# link: $IN liba.a --dependency-file=out.d
//# file-has: out.d "out:"
//# file-has: out.d "dependency-file.o"
//# file-has: out.d "liba.a"
//# file-has: out.d "\nliba.a:\n"
//# sh: printf 'include out.d\nall: out\n' > m.mk; command -v make >/dev/null || exit 0; make -n -f m.mk all
int a(void);
int main(void) { return a(); }
//# file: a.c
int a(void) { return 0; }
