# A thread-local common goes to .tbss.
//# link: -e go $IN
//# unlike: lld
//# symbol: shared tls section=.tbss size=8
        .globl go
        .text
go:     mov %fs:shared@tpoff, %eax
        ret
        .tls_common shared, 8, 8
