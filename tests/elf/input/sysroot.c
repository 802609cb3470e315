// -L=dir and -L$SYSROOT/dir look inside the sysroot, and so do absolute names in scripts that lie there.
//# also: start.s
//# archive: root/lib/liba.a a.o
//# link: $IN --sysroot=root -L=/lib -la
//# run: exit 1
//# link[script]: $IN --sysroot=root -L=/lib -ls
//# run: exit 1
int a(void);
int main(void) { return a(); }
//# file: root/lib/libs.so
GROUP(/lib/liba.a)
//# file: a.c
int a(void) { return 1; }
