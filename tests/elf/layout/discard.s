# -x drops local symbols, -X only compiler-made ones (.L), --discard-none keeps even those.
//# cflags: -Wa,-L
//# link: -e go $IN
//# symbol: local
//# link[all]: -e go $IN -x
//# absent: local .Lmade
//# symbol: go
//# link[locals]: -e go $IN -X
//# symbol: local
//# absent: .Lmade
//# link[none]: -e go $IN --discard-none
//# symbol: local
//# symbol: .Lmade
        .globl go
        .text
go:     ret
local:  ret
        .data
        .quad .Lmade + 0
        .section .rodata.s,"aMS",@progbits,1
.Lmade: .asciz "text"
