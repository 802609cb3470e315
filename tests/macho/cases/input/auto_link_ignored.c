// --ignore-auto-link-option passes over one library that an object asks for; --strict-auto-link misses what is not there.
//# lld: differs because it does not know both
//# link: main.o --ignore-auto-link-option=-lnot_there --strict-auto-link
//# run: exit 0
//# link[strict]: main.o --strict-auto-link
//# error: not_there
//# file: main.c
__asm__(".linker_option \"-lnot_there\"");
int main(void) { return 0; }
