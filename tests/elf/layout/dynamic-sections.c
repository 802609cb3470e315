// The dynamic section says where everything is; DT_DEBUG only in executables; no empty tables.
//# cc-link: $IN
//# dynamic: SYMTAB
//# dynamic: STRTAB
//# dynamic: GNU_HASH
//# dynamic: VERNEED
//# dynamic: INIT_ARRAY
//# dynamic: DEBUG
//# no-dynamic: TEXTREL
//# check: dt(SYMENT) == 24
//# check: dt(RELAENT) == 24
//# section: .dynsym link=.dynstr type=DYNSYM entsize=24
//# section: .gnu.version link=.dynsym entsize=2
//# section: .gnu.hash link=.dynsym
//# section: .rela.dyn link=.dynsym entsize=24
//# section: .symtab link=.strtab
int main(void) { return 0; }
