// -fpatchable-function-entry: SHF_LINK_ORDER sections keep the order of their functions.
//# cc: gcc clang
//# cflags: -fpatchable-function-entry=4,2 -ffunction-sections
//# cc-link: $IN 
//# run: exit 0
//# section: __patchable_function_entries
int f(int x) { return x + 1; }
int g(int x) { return x - 1; }
int main(int argc, char **argv) { (void)argv; return f(g(argc)) - 1; }
