# SHF_EXCLUDE sections do not reach the output, except with -r.
//# link: -e go $IN
//# no-section: .llvm_addrsig notes
//# link[relocatable]: -r $IN
//# section: notes
        .globl go
        .text
go:     ret
        .section notes,"e",@progbits
        .long 1
