# --unique keeps matching input sections apart.
//# link: -r $IN --unique=.data.*
//# unlike: lld
//# section: .data.x count=2
//# link[joined]: -r $IN
//# section: .data.x count=1
//# unlike: lld
        .section .data.x,"aw"
        .byte 2
//# file: b.s
        .section .data.x,"aw"
        .byte 3
