// With debug information a reference to an undefined symbol has its source line, also in a version of DWARF of long ago.
//# link: new.o
//# error: _main in new.o (new.c:5)
//# link[old]: old.o
//# error: _main in old.o (old.c:6)
//# file: new.c
//# cflags: -g -gdwarf-5
int missing(int);
int main(void) {
  return missing(
      missing(1));
}
//# file: old.c
//# cflags: -g -gdwarf-2

int missing(int);
int main(void) {
  return
      missing(1);
}
