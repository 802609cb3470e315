# SHF_LINK_ORDER sections of several files follow the code of the hot file first, although it comes last on the line.
//# link: -e begin $IN
//# run: exit 0
        .globl begin
        .section .text.cold_one,"ax"
begin:  lea     table(%rip), %rbx
        movl    (%rbx), %edi
        subl    $2, %edi
        movl    4(%rbx), %esi
        subl    $1, %esi
        orl     %esi, %edi
        movl    $60, %eax
        syscall
        .section numbers,"ao",@progbits,.text.cold_one
        .long   1
//# file: second.s
        .globl table
        .section .text.hot.two,"ax"
two:    ret
        .section numbers,"ao",@progbits,.text.hot.two
table:  .long   2
