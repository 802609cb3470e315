# A section with SHF_LINK_ORDER lives and dies with the one it is linked to, and follows its order.
//# link: -e go $IN --gc-sections
//# section: meta size=2
//# contains: meta 01 03
//# link[all]: -e go $IN
//# contains: meta 01 02 03
        .globl go
        .section .text.go,"ax"
go:     call three
        ret
        .section .text.two,"ax"
two:    ret
        .section .text.three,"ax"
three:  ret
        .section meta,"ao",@progbits,.text.three
        .byte 3
        .section meta,"ao",@progbits,.text.go,unique,1
        .byte 1
        .section meta,"ao",@progbits,.text.two,unique,2
        .byte 2
