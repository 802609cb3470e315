# Differences across sections, backward and forward, come out signed.
//# link: -e go $IN
//# check: s32(forward) == end_marker - forward
//# check: s32(backward) == go - backward
//# check: s32(backward) < 0
        .globl go, forward, backward, end_marker
        .text
go:     ret
        .section .rodata
        .byte 0
        .section .data
forward: .long end_marker - .
backward: .long go - .
        .bss
end_marker: .skip 1
