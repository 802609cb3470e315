# Of one priority, .ctors.N come before .init_array.N, and names decide; what has no priority keeps the order of files.
//# link: equal-priorities.o b.o
//# run: exit 0
//# section: .init_array size=96
//# check: u64(addr(.init_array) + 0) == 8
//# check: u64(addr(.init_array) + 8) == 24
//# check: u64(addr(.init_array) + 16) == 1
//# check: u64(addr(.init_array) + 24) == 17
//# check: u64(addr(.init_array) + 32) == 2
//# check: u64(addr(.init_array) + 40) == 18
//# check: u64(addr(.init_array) + 48) == 3
//# check: u64(addr(.init_array) + 56) == 19
//# check: u64(addr(.init_array) + 64) == 4
//# check: u64(addr(.init_array) + 72) == 5
//# check: u64(addr(.init_array) + 80) == 22
//# check: u64(addr(.init_array) + 88) == 23
//# unlike: lld mold -- they leave .ctors alone
        .globl _start
_start: mov     $60, %eax
        xor     %edi, %edi
        syscall
        .section .init_array.100,"aw",@init_array
        .quad 3
        .section .init_array,"aw",@init_array
        .quad 4
        .section .ctors,"aw"
        .quad 5
        .section .init_array.00100,"aw",@init_array
        .quad 2
        .section .init_array.5,"aw",@init_array
        .quad 1
        .section .ctors.65530,"aw"
        .quad 8
//# file: b.s
        .section .ctors,"aw"
        .quad 0x16
        .section .ctors.65530,"aw"
        .quad 0x18
        .section .init_array,"aw",@init_array
        .quad 0x17
        .section .init_array.100,"aw",@init_array
        .quad 0x13
        .section .init_array.00100,"aw",@init_array
        .quad 0x12
        .section .init_array.5,"aw",@init_array
        .quad 0x11
