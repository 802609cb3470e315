# R_X86_64_NONE and an unknown type: the first does nothing, the second is an error with its number.
//# link: -e go none.o
//# run: exit 0
//# link[unknown]: -e go none.o unknown.o
//# error: unknown.o
//# error: 200
//# before: off=$(readelf -SW unknown.o | sed -n 's/.*\.rela\.data *RELA *[0-9a-f]* *\([0-9a-f]*\).*/\1/p'); printf '\310' | dd of=unknown.o bs=1 conv=notrunc seek=$((0x$off+8)) 2>/dev/null
        .globl go
        .text
go:     xor %edi, %edi
        mov $60, %eax
        syscall
        .reloc go, R_X86_64_NONE, go
//# file: unknown.s
        .data
        .quad somewhere
        .globl somewhere
somewhere: .quad 0
