// The linker leaves its name in .comment.
//# also: start.s
//# link: $IN
//# contains: .comment "sinew"
//# unlike: bfd lld mold
int main(void) { return 0; }
