# An object as large as thousands is taken in pieces, and each piece knows what the others have of the same file.
//# before: ld -r -o large.o $IN
//# link: -static large.o
//# run: exit 42
//# symbol: main.c file count=1
//# symbol: more.c file count=1
//# symbol: last.c file count=1
//# symbol: in_main_0 local section=.text
//# symbol: in_more_5999 local section=.text
//# symbol: global_2999 global section=.text value=local_2999
//# sh: nm $OUT | grep -c ' t in_' | grep -qx 12000
//# sh: readelf -sW $OUT | awk '$4 == "FILE" { f = $8 } $8 ~ /^in_/ { split($8, p, "_"); if (p[2] ".c" != f) { print; exit 1 } }'
//# sh: readelf --debug-dump=frames $OUT | grep -c ' FDE ' | grep -qx 3000
//# link[shared]: -shared large.o
//# dynsym: global_0 func
//# reloc: R_X86_64_RELATIVE count=3001
//# reloc: R_X86_64_GLOB_DAT count=0
        .altmacro
        .macro function n
        .section .text.f_\n,"ax",@progbits
        .globl global_\n
        .type global_\n,@function
global_\n:
local_\n:
        .cfi_startproc
        .cfi_personality 0x1b, personality
        .cfi_lsda 0x1b, lsda
        add $1, %eax
        cmp everywhere@GOTPCREL(%rip), %rcx
        ret
        .cfi_endproc
        .section .data.table,"aw",@progbits
        .quad local_\n
        .endm
        .macro place n
in_main_\n: nop
        .endm

        .file "main.c"
        .text
        .globl _start
_start: xor %eax, %eax
        lea table(%rip), %rbx
next:   call *(%rbx)
        add $8, %rbx
        lea end(%rip), %rcx
        cmp %rcx, %rbx
        jne next
        mov %eax, %edi
        sub $2958, %edi
        mov $60, %eax
        syscall
        .set k, 0
        .rept 6000
        place %k
        .set k, k+1
        .endr
        .section .data.table,"aw",@progbits
table:
        .set k, 0
        .rept 3000
        function %k
        .set k, k+1
        .endr
        .section .data.table,"aw",@progbits
end:
        .data
everywhere: .quad 0
        .section .rodata
personality: lsda: .long 0
//# file: more.s
        .altmacro
        .macro place n
in_more_\n: nop
        .endm
        .file "more.c"
        .text
        .set k, 0
        .rept 6000
        place %k
        .set k, k+1
        .endr
//# file: last.s
        .file "last.c"
        .text
        nop
