// The bytes do not depend on the folder, nor on how inputs are spelled.
//# also: start.s
//# cflags: -g
//# link: $IN
//# sh: mkdir elsewhere; cp *.o elsewhere; cd elsewhere; $LD changing-folder.o start.o -o out; cmp out ../out
//# sh: $LD ./changing-folder.o "$DIR/start.o" -o o2; cmp out o2
int main(void) { return 0; }
