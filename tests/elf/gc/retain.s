# SHF_GNU_RETAIN keeps a section that nothing refers to.
//# link: -e go $IN --gc-sections
//# section: .data.kept
//# no-section: .data.dropped
//# unlike: bfd
        .globl go
        .text
go:     ret
        .section .data.kept,"awR",@progbits
        .long 1
        .section .data.dropped,"aw",@progbits
        .long 2
