// -s drops symbols and debug sections, -S only the latter.
//# also: start.s
//# cflags: -g
//# link: $IN
//# section: .debug_info
//# symbol: main
//# symbol: strip.c file local
//# link[all]: $IN -s
//# no-section: .symtab .strtab .debug_info .debug_line
//# run: exit 0
//# link[debug]: $IN -S
//# no-section: .debug_info .debug_line .debug_str
//# symbol: main
//# link[long]: $IN --strip-all
//# no-section: .symtab .debug_info
//# link[longer]: $IN --strip-debug
//# no-section: .debug_info
//# symbol: main
int main(void) { return 0; }
