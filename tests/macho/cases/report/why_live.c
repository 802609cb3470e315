// -why_live prints, for what matches and is kept, who keeps it, in Apple's form, down to a root and what makes it one.
//# lld: differs because it gives no reason for a root
//# cflags: -O0
//# sh: $LD -arch arm64 -platform_version macos 13.0 13.0 -syslibroot $SDK $IN -lSystem -dead_strip -why_live _deep -why_live '_forc*' -u _forced -o x > said; diff expected said
//# link: $IN -dead_strip -why_live _unused
//# silent: from
//# link[roots]: $IN -dead_strip -why_live _marked -why_live _initialised
//# prints: (symbol is marked no_dead_strip)
//# prints: (initializer)
//# link[dylib]: $IN -dylib -dead_strip -why_live _forced
//# prints: (exported)
//# link[kept]: $IN -why_live _deep
//# warning: -why_live has no effect without -dead_strip
int deep(void) { return 1; }
int middle(void) { return deep(); }
int forced(void) { return 2; }
static int unused(void) { return 3; }
__attribute__((used)) static int marked(void) { return 4; }
__attribute__((constructor)) static void initialised(void) {}
int main(void) { return middle(); }
//# file: expected
_deep from why_live.o
  _middle from why_live.o
    _main from why_live.o
      (entry point)
_forced from why_live.o
  (-u command line option)
