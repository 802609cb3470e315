# --oformat=binary writes the image alone.
//# link: -e go $IN --oformat=binary -Ttext=0x1000
//# sh: test "$(head -c 4 out | od -An -tx1 | tr -d ' ')" = "909090c3"
        .globl go
        .text
go:     nop
        nop
        nop
        ret
