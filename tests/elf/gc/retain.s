# SHF_GNU_RETAIN keeps a section that nothing refers to.
//# link: -e go $IN --gc-sections
//# section: kept
//# no-section: dropped
//# unlike: bfd
        .globl go
        .text
go:     ret
        .section kept,"awR",@progbits
        .long 1
        .section dropped,"aw",@progbits
        .long 2
