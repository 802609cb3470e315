// What is not found is said in the words of Apple's linker.
//# link[library]: $IN -lnowhere
//# error: ld: library 'nowhere' not found
//# link[framework]: $IN -framework Nowhere
//# error: ld: framework 'Nowhere' not found
//# link[file]: $IN nowhere.o
//# error: ld: file not found: nowhere.o
//# link[option]: $IN -no_such_option
//# error: ld: unknown option: -no_such_option
int main(void) { return 0; }
