// -rpath gives DT_RUNPATH, or DT_RPATH with --disable-new-dtags; several join with colons, without repeats.
//# also: start.s
//# unlike: lld -- it keeps the repeats
//# shared: libb.so b.o -soname libb.so
//# link: $IN libb.so -rpath /a -rpath=$ORIGIN/b --rpath /a
//# dynamic: RUNPATH /a:$ORIGIN/b
//# no-dynamic: RPATH
//# link[old]: $IN libb.so -rpath /a --disable-new-dtags
//# dynamic: RPATH /a
//# no-dynamic: RUNPATH
//# link[origin]: $IN libb.so -rpath $ORIGIN -z origin -dynamic-linker /lib64/ld-linux-x86-64.so.2
//# dynamic: FLAGS ORIGIN
//# dynamic: FLAGS_1 ORIGIN
//# run: exit 1 env LD_LIBRARY_PATH=
int b(void);
int main(void) { return b(); }
//# file: b.c
//# cflags: -fPIC
int b(void) { return 1; }
