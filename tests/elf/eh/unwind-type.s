# .eh_frame may have the psABI's own section type, and mixes with the common one.
//# link: -e go $IN --eh-frame-hdr
//# check: u32(addr(.eh_frame_hdr)+8) == 2
//# check: sections(.eh_frame) == 1
        .globl go
        .text
        .cfi_startproc
go:     ret
        .cfi_endproc
//# file: b.c
int f(void) { return 0; }
