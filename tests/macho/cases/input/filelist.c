// -filelist names one input a line, blanks included; after a comma stands the folder that they are in.
//# before: mkdir 'a folder'; cp more.o 'a folder/more file.o'
//# link: main.o -filelist list
//# run: exit 42
//# link[folder]: main.o -filelist 'names,a folder'
//# run: exit 42
//# lld: differs because it knows no folder
//# file: main.c
int more(void);
int main(void) { return more(); }
//# file: more.c
int more(void) { return 42; }
//# file: list
a folder/more file.o
//# file: names
more file.o
