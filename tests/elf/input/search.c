// -l finds lib*.so before lib*.a in each folder, in order; -Bstatic only archives; -l:name the name itself.
//# also: start.s
//# shared: one/libx.so so.o -soname libx.so
//# before: cp one/libx.so two/; ar rcs two/libx.a a.o; ar rcs three/libx.a a.o; ar rcs two/odd.name a.o
//# link: start.o search.o -Lone -L two -lx
//# dynamic: NEEDED libx.so
//# link[static]: start.o search.o -Lone -Ltwo -Bstatic -lx
//# no-dynamic: NEEDED libx.so
//# run: exit 1
//# link[back]: start.o search.o -Lone -Ltwo -Bstatic -Bdynamic -lx
//# dynamic: NEEDED libx.so
//# link[order]: start.o search.o -Lthree -Lone -lx
//# run: exit 1
//# link[colon]: start.o search.o -Ltwo -l:odd.name
//# run: exit 1
//# link[long]: start.o search.o --library-path=three --library=x
//# run: exit 1
//# link[missing]: start.o search.o -Lone -lnowhere
//# error: nowhere
int x(void);
int main(void) { return x(); }
//# file: one/n.txt
//# file: two/n.txt
//# file: three/n.txt
//# file: a.c
int x(void) { return 1; }
//# file: so.c
//# cflags: -fPIC
int x(void) { return 2; }
