// -warn_compact_unwind tells of functions that only DWARF describes.
//# compare: sections because the type of __eh_frame is up to the linker
//# link: $IN -warn_compact_unwind
//# warning: could not create compact unwind for _odd in warn_compact.o: only DWARF describes its frame
//# silent: for _main
//# link[silent]: $IN
//# silent: unwind
.subsections_via_symbols
.globl _main
_main:
.cfi_startproc
  stp x29, x30, [sp, #-16]!
  .cfi_def_cfa_offset 16
  mov x29, sp
  .cfi_def_cfa w29, 16
  .cfi_offset w30, -8
  .cfi_offset w29, -16
  bl _odd
  ldp x29, x30, [sp], #16
  ret
.cfi_endproc
_odd:
.cfi_startproc
  sub sp, sp, #48
  .cfi_def_cfa_offset 48
  str x19, [sp, #8]
  .cfi_offset w19, -40
  ldr x19, [sp, #8]
  add sp, sp, #48
  ret
.cfi_endproc
