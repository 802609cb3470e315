# -r: a reference to a local of a dropped group is an error in code, and nothing in debug information.
//# link: -r b.o dropped.o
//# error: dropped.o:(.data+0x0): relocation R_X86_64_64 against
//# link[debug]: -r b.o c.o
//# reloc: R_X86_64_NONE in=.debug_info addend=0
//# reloc: R_X86_64_NONE in=.debug_ranges
//# contains: .debug_info 00 00 00 00 00 00 00 00 count=1
//# contains: .debug_ranges 01 00 00 00 00 00 00 00
//# unlike: bfd lld
        .section .text.f,"axG",@progbits,f,comdat
        .weak f
        .byte 0
f:      ret
inner:  ret
        .data
        .quad inner
//# file: b.s
        .section .text.f,"axG",@progbits,f,comdat
        .weak f
f:      ret
//# file: c.s
        .section .text.f,"axG",@progbits,f,comdat
        .weak f
f:      ret
inner:  ret
        .section .debug_info,"",@progbits
        .quad inner
        .section .debug_ranges,"",@progbits
        .quad inner
