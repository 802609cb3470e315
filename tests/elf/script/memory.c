// MEMORY regions, AT addresses and LENGTH errors, as firmware uses them.
//# link: $IN -T layout.ld
//# check: addr(.text) == 0x8000000
//# check: addr(.data) == 0x20000000
//# check: load_address - end(.text) < 16
//# check: load_address >= end(.text)
//# no-lint: no page structure here
//# link[full]: $IN -T small.ld
//# error: flash
int value = 5;
int _start(void) { return value; }
//# file: layout.ld
MEMORY { flash (rx) : ORIGIN = 0x8000000, LENGTH = 64K  ram (rwx) : ORIGIN = 0x20000000, LENGTH = 16K }
SECTIONS
{
  .text : { *(.text*) } > flash
  .data : { *(.data*) } > ram AT > flash
  load_address = LOADADDR(.data);
  /DISCARD/ : { *(.eh_frame) *(.comment) *(.note*) }
}
//# file: small.ld
MEMORY { flash (rx) : ORIGIN = 0x8000000, LENGTH = 4 }
SECTIONS { .text : { *(.text*) } > flash /DISCARD/ : { *(.eh_frame) *(.comment) *(.note*) *(.data*) } }
