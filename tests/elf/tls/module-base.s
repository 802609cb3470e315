# _TLS_MODULE_BASE_ is the start of the TLS segment.
//# link: -e go $IN
//# check: u32(difference) == 4
//# no-lint: _TLS_MODULE_BASE_ may be anywhere
//# unlike: bfd lld mold
        .globl go, difference
        .text
go:     ret
        .section .rodata
difference: .long 4
        .section .tdata,"awT",@progbits
        .long 1
x:      .long 2
        .text
        leaq _TLS_MODULE_BASE_@TLSDESC(%rip), %rax
        call *_TLS_MODULE_BASE_@TLSCALL(%rax)
