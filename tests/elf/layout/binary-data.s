# --oformat=binary keeps the distances of memory between sections, and leaves out what has no bytes.
//# link: -e go $IN --oformat binary -Ttext=0x7c00 -Tdata=0x7d00
//# sh: test "$(stat -c %s out)" = 257
//# sh: test "$(od -An -tx1 -j 256 -N 1 out | tr -d ' ')" = aa
//# sh: test "$(od -An -tx2 -N 2 out | tr -d ' ')" = 7d00
        .globl go
        .text
go:     .short value
        .data
value:  .byte 0xaa
        .bss
        .zero 100
