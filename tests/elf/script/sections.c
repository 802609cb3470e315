// A SECTIONS script lays the image out: location counter, patterns, KEEP, PROVIDE, symbols, /DISCARD/.
//# also: start.s
//# cflags: -ffunction-sections -fno-inline
//# link: $IN -T layout.ld --gc-sections
//# run: exit 12
//# check: addr(.text) == 0x400000 + 0x1000
//# check: first == addr(.first)
//# check: after_data == end(.data)
//# check: provided == 0x77
//# no-section: .comment .note.dropped .eh_frame
//# symbol: kept
//# order: .text .first .data .bss
extern char provided[], first[], after_data[];
__attribute__((section(".kept"))) int kept = 5;
__attribute__((section(".first.a"))) int a = 5;
__attribute__((section(".note.dropped"))) int dropped = 5;
int data = 7;
int bss[10];
int main(void) { return data + *(int *)first + bss[0] + (provided != (char *)0x77) + (after_data == 0); }
//# file: layout.ld
ENTRY(_start)
SECTIONS
{
  . = 0x400000 + 0x1000;
  .text : { *(.text._start) *(.text .text.*) }
  . = ALIGN(CONSTANT(MAXPAGESIZE));
  .first : { first = .; KEEP(*(SORT(.first.*))) }
  .data : { *(.data .data.*) KEEP(*(.kept)) . = ALIGN(8); after_data = .; }
  .bss (NOLOAD) : { *(.bss COMMON) }
  PROVIDE(provided = 0x77);
  PROVIDE(main = 0);
  /DISCARD/ : { *(.comment) *(.note.dropped) *(.eh_frame) *(.note.GNU-stack) }
}
