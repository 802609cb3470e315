// -undefined dynamic_lookup leaves names to be found in any image at run time.
//# link: $IN -undefined dynamic_lookup -dylib
//# fixups: both
//# import: _nowhere from flat strong
//# import: _printf from libSystem
//# symbol: _nowhere undefined from=flat
int nowhere(void);
int printf(const char *, ...);
int call(void) { return nowhere() + printf("x"); }
