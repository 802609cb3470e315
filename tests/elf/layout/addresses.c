// Sections and segments go where the command line puts them, in whatever order, and still run.
//# also: start.s
//# cflags: -fno-pic -O0
//# run: exit 10
//# link[text-low]: $IN -Ttext=0x300000
//# check: addr(.text) == 0x300000
//# link[text-high]: $IN -Ttext 0x900000 --image-base=0x800000
//# check: addr(.text) == 0x900000
//# link[data-below]: $IN -Tdata=0x200000
//# check: addr(.data) == 0x200000
//# link[bss-below]: $IN -Tbss=0x200000
//# check: addr(.bss) == 0x200000
//# link[all]: $IN --section-start=.text=0x700000 -Tdata=0x500000 -Tbss=0x600000 --section-start .rodata=0x480000
//# check: addr(.rodata) == 0x480000
//# link[segment]: $IN -Ttext-segment=0x10000000
//# check: addr(.text) > 0x10000000
//# check: addr(.text) < 0x10003000
//# link[no-rosegment]: $IN --no-rosegment
//# segment: LOAD flags=RX holds=.rodata,.text
//# link[pages]: $IN -z max-page-size=65536 -z common-page-size=16384
//# segment: LOAD align=65536 holds=.text
//# link[no-separate]: $IN -z noseparate-code
//# link[separate]: $IN -z separate-loadable-segments
//# check: segoffset(LOAD) % 4096 == 0
//# link[norelro]: $IN -z norelro
//# no-segment: GNU_RELRO
//# link[magic]: $IN -N
//# no-lint: -N is writable code
//# segment: LOAD flags=RWX count=1
//# unlike: lld
//# link[nmagic]: $IN -n
//# unlike: lld
int data = 1;
int zero[64];
int *const volatile relro = &data;
static const int table[2] = { 4, 9 };
int main(void) {
  for (int i = 0; i < 64; i++) if (zero[i]) return 1;
  zero[5] = table[data];
  return *relro + zero[5];
}
