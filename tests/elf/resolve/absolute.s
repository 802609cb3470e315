# An absolute symbol keeps its value in every kind of output and is not relocated.
//# link: -e go $IN
//# symbol: constant global absolute value=0x1234
//# run: exit 52
//# link[pie]: -pie --no-dynamic-linker -e go $IN
//# symbol: constant global absolute value=0x1234
//# no-reloc: R_X86_64_RELATIVE
//# check: u64(word) == 0x1234
//# link[shared]: -shared $IN
//# dynsym: constant absolute value=0x1234
        .globl go, constant, word
        .hidden word
        .set constant, 0x1234
        .text
go:     mov word(%rip), %edi
        and $0xff, %edi
        mov $60, %eax
        syscall
        .data
word:   .quad local
        .set local, 0x1234
