# Local-exec references in a library are an error that says what to compile with.
//# link: -shared $IN
//# error: R_X86_64_TPOFF32
//# error: x
//# error: (.text+0x
        .globl f
        .text
f:      mov %fs:x@tpoff, %eax
        ret
        .section .tdata,"awT",@progbits
x:      .long 1
