// The output must not be one of the inputs, under whatever name.
//# also: start.s
//# before: ln -s output-is-input.o link.o
//# link: -o link.o $IN
//# error: output-is-input.o is an input, and would be replaced by the output
//# link[relocatable]: -r -o output-is-input.o $IN
//# error: output-is-input.o is an input
//# unlike: lld mold
int main(void) { return 0; }
