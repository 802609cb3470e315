// One dash or two, joined or separate, = or a blank: each spelling works.
//# also: start.s
//# link: -gc-sections --export-dynamic -export-dynamic --hash-style gnu -hash-style=gnu -melf_x86_64 -m elf_x86_64 -znow -z now -L. -L . --library-path . -e_start --entry _start -u main -umain --undefined=main -no-pie --no-pie -O1 --build-id --eh-frame-hdr -eh-frame-hdr --start-group --end-group $IN
//# run: exit 0
//# link[long]: --output=out --strip-all --gc-sections -static -Bstatic -dn $IN
//# run: exit 0
//# no-section: .symtab
//# unlike: lld
int main(void) { return 0; }
