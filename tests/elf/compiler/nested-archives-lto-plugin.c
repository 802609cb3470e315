// The compiler's -plugin and -plugin-opt flags have no effect on machine code.
//# cc: gcc clang
//# cc-link: $IN -flto
//# run: exit 0
int main(void) { return 0; }
