// A command that no linker knows is an error with the script's name and line.
//# also: start.s
//# link: $IN odd.ld
//# error: odd.ld
//# error: line 2
int main(void) { return 0; }
//# file: odd.ld
/* a comment */
NO_SUCH_COMMAND { x }
