# .lrodata, .ldata and .lbss come after (or before) all small sections, so that those stay within reach.
//# link: -e go $IN
//# section: .ldata flags=WAl
//# section: .lbss type=NOBITS
//# section: .lrodata flags=Al
//# run: exit 7
//# check: u64(pointer) == big
        .globl go, big, pointer
        .text
go:     movabs $big, %rax
        mov (%rax), %edi
        movabs $ro, %rax
        add (%rax), %edi
        add small(%rip), %edi
        mov $60, %eax
        syscall
        .data
small:  .long 1
pointer: .quad big
        .bss
        .skip 64
        .section .ldata,"awl",@progbits
big:    .long 2
        .section .lrodata,"al",@progbits
ro:     .long 4
        .section .lbss,"awl",@nobits
        .skip 0x90000000
