// A missing file, an empty one, a folder and an unreadable one are errors that name them.
//# also: start.s
//# before: : > empty.o; mkdir folder.o; head -c 500 start.o > short.o
//# link: $IN nowhere.o
//# error: nowhere.o
//# link[empty]: $IN empty.o
//# unlike: bfd lld -- to them it is an empty script
//# error: empty.o
//# link[folder]: $IN folder.o
//# error: folder.o
//# link[short]: $IN short.o
//# error: short.o
//# link[none]: 
//# error: no input
int main(void) { return 0; }
