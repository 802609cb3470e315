# Instructions with REX2 and EVEX prefixes lose their GOT slots as older ones do, and keep them where nothing is known.
# Older assemblers lack the types: a relocation of type R_X86_64_PC32_BND gets the type that its addend says.
//# before: perl -0777 -pi -e 's/\x27\0\0\0(....)(.)\0{7}/$2\0\0\0$1\xfc@{["\xff" x 7]}/gs' apx.o
//# link: -e go $IN
//# contains: .text d5 4c 8d 0d
//# contains: .text 2e 2e 4c 8d 0d
//# contains: .text 2e 2e d5 4c 8d 0d
//# contains: .text d5 18 81 c0 f8 ff ff ff
//# contains: .text d5 19 c7 c4 f8 ff ff ff
//# contains: .text 2e 2e 49 c7 c1 f8 ff ff ff
//# contains: .text 62 d4 fc 10 81 c0 f8 ff ff ff
//# contains: .text 62 dc fc 0c 81 c6 f8 ff ff ff
//# contains: .text d5 19 c7 c7 f8 ff ff ff 66 90
//# contains: .text 62 74 fc 18 23 05
//# check: size(.got) == 8
//# link[shared]: -shared $IN
//# reloc: R_X86_64_TPOFF64 count=1
//# reloc: R_X86_64_TLSDESC count=1
//# reloc: R_X86_64_GLOB_DAT sym=value
//# dynamic: FLAGS STATIC_TLS
        .macro as type, symbol
        .reloc .-4, R_X86_64_PC32_BND, \symbol + \type
        .endm
        .globl go, value, x
        .text
go:     .byte 0xd5, 0x4c, 0x8b, 0x0d, 0, 0, 0, 0                # mov value@GOTPCREL(%rip), %r25
        as 43 value
        .byte 0x4c, 0x0f, 0x38, 0x8b, 0x0d, 0, 0, 0, 0          # movrs value@GOTPCREL(%rip), %r9
        as 46 value
        .byte 0x62, 0x64, 0xfc, 0x08, 0x8b, 0x0d, 0, 0, 0, 0    # movrs value@GOTPCREL(%rip), %r25
        as 49 value
        .byte 0x62, 0x74, 0xfc, 0x18, 0x23, 0x05, 0, 0, 0, 0    # and value@GOTPCREL(%rip), %r8, %r16
        as 49 value
        .byte 0xd5, 0x48, 0x03, 0x05, 0, 0, 0, 0                # add x@gottpoff(%rip), %r16
        as 44 x
        .byte 0xd5, 0x4c, 0x8b, 0x25, 0, 0, 0, 0                # mov x@gottpoff(%rip), %r28
        as 44 x
        .byte 0x4c, 0x0f, 0x38, 0x8b, 0x0d, 0, 0, 0, 0          # movrs x@gottpoff(%rip), %r9
        as 47 x
        .byte 0x62, 0x74, 0xfc, 0x10, 0x01, 0x05, 0, 0, 0, 0    # add %r8, x@gottpoff(%rip), %r16
        as 50 x
        .byte 0x62, 0x64, 0xfc, 0x0c, 0x03, 0x35, 0, 0, 0, 0    # {nf} add x@gottpoff(%rip), %r30
        as 50 x
        .byte 0xd5, 0x4c, 0x8d, 0x3d, 0, 0, 0, 0                # lea x@tlsdesc(%rip), %r31
        as 45 x
        call *x@tlscall(%rax)
        .data
value:  .quad 5
        .section .tdata,"awT",@progbits
        .quad 1
x:      .quad 2
