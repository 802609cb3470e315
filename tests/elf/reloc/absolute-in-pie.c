// A 32-bit absolute reference in position-independent output is an error that says -fPIC or -fPIE.
//# also: start.s
//# cflags: -fno-pic -mcmodel=small
//# link: $IN
//# run: exit 3
//# link[pie]: -pie $IN
//# error: R_X86_64_32
//# error: -fPI
//# link[shared]: -shared absolute-in-pie.o
//# error: -fPIC
int array[4] = { 1, 2, 3, 4 };
int main(int argc, char **argv) { (void)argv; return array[argc + 1]; }
