// A program of one file prints through libSystem: stub, GOT, string, LC_MAIN, signature.
//# link: $IN
//# run: exit 3 stdout "hello 42\n"
//# filetype: MH_EXECUTE
//# flag: MH_NOUNDEFS MH_DYLDLINK MH_TWOLEVEL MH_PIE
//# command: LC_MAIN entry=_main stack=0x0
//# command: LC_LOAD_DYLIB /usr/lib/libSystem.B.dylib count=1
//# command: LC_BUILD_VERSION platform=macos minos=13.0 sdk=13.0
//# import: _printf from libSystem strong
//# symbol: _main external section=__TEXT,__text
//# symbol: __mh_execute_header external
//# export: _main value=_main regular strong
//# section: __TEXT,__stubs type=S_SYMBOL_STUBS size=12 entry=12
//# section[classic]: __DATA,__la_symbol_ptr type=S_LAZY_SYMBOL_POINTERS size=8
//# section[chained]: __DATA_CONST,__got type=S_NON_LAZY_SYMBOL_POINTERS size=8
//# import[classic]: _printf lazy count=1
//# contains: __TEXT,__cstring "hello %d\n\0" count=1
int printf(const char *, ...);
int main(void) {
  printf("hello %d\n", 42);
  return 3;
}
