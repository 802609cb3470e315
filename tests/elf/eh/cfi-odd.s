# FDEs of functions in other sections, of length zero and with a 64-bit pointer encoding come out right.
//# link: -e go $IN --eh-frame-hdr --gc-sections
//# check: u32(addr(.eh_frame_hdr)+8) == 2
//# unlike: bfd
        .globl go
        .section .text.go,"ax"
        .cfi_startproc
go:     call f
        ret
        .cfi_endproc
        .section .text.f,"ax"
        .cfi_startproc
f:      ret
        .cfi_endproc
        .section .text.gone,"ax"
        .cfi_startproc
gone:   ret
        .cfi_endproc
