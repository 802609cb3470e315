// -R FILE takes the addresses of another program's symbols, and nothing else of it.
//# also: start.s
//# before: $LD -o base base.o -e fixed_code -Ttext=0x10000000; rm base.o
//# link: just-symbols.o start.o -R base
//# symbol: fixed_code absolute value=0x10000000
//# run: exit 0
//# unlike: lld -- its -R is only -rpath
//# link[long]: just-symbols.o start.o --just-symbols=base
//# symbol: fixed_code absolute value=0x10000000
//# run: exit 0
extern char fixed_code[];
int main(void) { return (unsigned long)fixed_code != 0x10000000; }
//# file: base.s
        .globl fixed_code
        .text
fixed_code: ret
