# -r keeps groups apart and whole: local signatures, groups that are no COMDAT, two sections of one name.
//# link: -r $IN
//# section: .group type=GROUP count=4
//# section: .text.f count=3
//# section: .text.f flags=AXG size=5
//# symbol: wm4.macros local
//# contains: .debug_macro "once" count=1
//# sh: readelf -gW out | grep -q '^COMDAT group.*\[wm4.macros\]'
//# sh: readelf -gW out | grep -q '^group section'
//# sh: readelf -gW out | grep -c ' .rela.text.f' | grep -qx 1
//# link[locals]: -r $IN -x
//# symbol: wm4.macros local
//# link[stripped]: -r $IN -S
//# section: .group type=GROUP count=3
//# no-section: .debug_macro
        .section .text.f,"axG",@progbits,f,comdat
        .weak f
f:      call elsewhere
        .section .text.f,"ax",@progbits
        nop
        .section .text.f,"axG",@progbits,plain
        .byte 0xcc
        .section .debug_macro,"G",@progbits,wm4.macros,comdat
        .ascii "once"
        .section .note.mine,"aG",@note,plain2
        .long 4, 0, 1
        .ascii "me\0\0"
//# file: b.s
        .section .text.f,"axG",@progbits,f,comdat
        .weak f
f:      call elsewhere
        .section .debug_macro,"G",@progbits,wm4.macros,comdat
        .ascii "once"
        .section .debug_info,"",@progbits
        .quad .text.f
