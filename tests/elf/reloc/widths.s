# 8-, 16-, 32- and 64-bit absolute and PC-relative fields, sizes and GOT-relative ones.
//# link: -e go $IN
//# check: u64(q) == target + 3
//# check: u32(l) == target + 4
//# check: u16(w) == 0x1234
//# check: u8(b) == 0x12
//# check: s32(pc) == target - pc
//# check: u64(pcq) == target - pcq
//# check: u64(sz) == 24
//# check: u32(szl) == 25
//# check: s32(gotpc) == _GLOBAL_OFFSET_TABLE_ - gotpc
//# check: u64(gotoff) == target - _GLOBAL_OFFSET_TABLE_
//# unlike: lld
        .globl go, target, q, l, w, b, pc, pcq, sz, szl, gotpc, gotoff, small
        .set small, 0x1234
        .set tiny, 0x12
        .globl tiny
        .text
go:     ret
        .data
        .balign 8
q:      .quad target + 3
pcq:    .quad target - .
sz:     .quad target@SIZE
gotoff: .quad target@GOTOFF
l:      .long target + 4
pc:     .long target - .
szl:    .long target@SIZE + 1
gotpc:  .long _GLOBAL_OFFSET_TABLE_ - .
w:      .word small
b:      .byte tiny
        .balign 64
        .type target, @object
        .size target, 24
target: .skip 24
