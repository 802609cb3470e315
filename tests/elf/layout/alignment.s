# Sections keep their alignment, however large, and the segment's is raised with it.
//# link: -e go $IN
//# check: big % 65536 == 0
//# section: .data align=65536
//# segment: LOAD align=65536
//# run: exit 0
//# link[pie]: -pie --no-dynamic-linker -e go $IN
//# check: big % 65536 == 0
//# run: exit 0
        .globl go, big
        .text
go:     lea big(%rip), %rdi
        and $0xfff, %rdi
        mov $60, %eax
        syscall
        .data
        .byte 1
        .balign 65536
big:    .byte 2
