# Twenty errors are shown and the rest counted; --error-limit=0 shows all.
//# link: -e go $IN
//# error: missing_03
//# error: 10 more errors
//# link[all]: -e go $IN --error-limit=0
//# error: missing_30
//# unlike: bfd
        .globl go
        .text
go:
        .irp n,01,02,03,04,05,06,07,08,09,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
        call missing_\n
        .endr
