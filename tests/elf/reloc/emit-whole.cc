// --emit-relocs: every section's relocations name output symbols, debug information and unwind tables included; the
// program runs as without it.
//# cflags: -g -fPIE -O1
//# cc-link: $IN -Wl,-q
//# run: exit 3
//# section: .rela.eh_frame type=RELA link=.symtab info=index(.eh_frame)
//# section: .rela.debug_info flags=I info=index(.debug_info)
//# section: .symtab type=SYMTAB
//# reloc: any table=.rela.data.rel.ro sym=_Z7throweri count=2
//# reloc: R_X86_64_64 table=.rela.data.rel.ro at=table
//# sh: readelf -rW out | sed -n '/rela.text/,/^$/p' | grep -q ' \.rodata '
//# link[bare]: $IN -q -s -e main --unresolved-symbols=ignore-all
//# no-section: .rela.text .symtab
extern "C" int puts(const char *);
int thrower(int);
extern int (*const table[2])(int);
int (*const table[2])(int) = {thrower, thrower};
thread_local int local = 1;
static const char text[] = "not printed";
__attribute__((noinline)) static int try_it(int x) {
  try { return table[x & 1](x); } catch (int y) { return y + local; }
}
int main(int argc, char **) {
  if (argc > 1) puts(text);
  return try_it(argc + 1);
}
//# file: b.cc
int thrower(int x) { throw x; }
