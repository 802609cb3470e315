# The entry symbol may come from a member; -e brings it in.
//# archive: liba.a entry-member.o
//# link: -e go other.o liba.a
//# run: exit 9
//# check: e_entry == go
        .globl go
        .text
go:     mov $9, %edi
        mov $60, %eax
        syscall
//# file: other.s
        .globl other
other:  ret
