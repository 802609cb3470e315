// -r: the joined .note.GNU-stack asks for an executable stack when any input does.
//# before: echo '.section .note.GNU-stack,"x",@progbits' | as -o exec.o -
//# link: -r $IN exec.o
//# section: .note.GNU-stack flags=X count=1
//# link[quiet]: -r $IN
//# section: .note.GNU-stack flags= count=1
//# unlike: lld
int main(void) { return 0; }
