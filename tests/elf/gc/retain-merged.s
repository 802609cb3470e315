# What a retained section reaches stays, too, and both go where their output section is.
//# link: -e go $IN --gc-sections
//# symbol: reached
//# symbol: kept
//# absent: dropped
        .globl go
        .section .text.go,"ax"
go:     ret
        .section .data.kept,"awR",@progbits
kept:   .quad reached
        .section .data.reached,"aw",@progbits
reached: .quad 0
        .section .data.dropped,"aw",@progbits
dropped: .quad 0
