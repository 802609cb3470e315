# The members of a group live and die together.
//# link: -e go $IN --gc-sections
//# symbol: companion
//# absent: lonely
        .globl go
        .section .text.go,"ax"
go:     call f
        .section .text.f,"axG",@progbits,f,comdat
        .weak f
f:      ret
        .section .data.f,"awG",@progbits,f,comdat
companion: .long 1
        .section .data.g,"awG",@progbits,g,comdat
lonely: .long 1
