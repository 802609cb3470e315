# -r: a section with SHF_LINK_ORDER still follows what it followed, and goes when that goes.
//# link: -r $IN
//# section: meta link=.text.one count=2
//# contains: meta 01 01
//# lacks: meta 03
//# sh: test "$(readelf -SW out | awk '/ meta / {print $(NF-2)}' | sort -u | wc -l)" = 2
        .section .text.one,"ax"
one:    ret
        .section .text.two,"ax"
two:    ret
        .section .text.group,"axG",@progbits,group,comdat
        .weak group
group:  ret
        .section meta,"ao",@progbits,.text.one
        .byte 1
        .section meta,"ao",@progbits,.text.two,unique,1
        .byte 2
//# file: b.s
        .section .text.one,"ax"
one:    ret
        .section .text.group,"axG",@progbits,group,comdat
        .weak group
group:  ret
        .section meta,"ao",@progbits,.text.one
        .byte 1
        .section meta,"ao",@progbits,.text.group,unique,1
        .byte 3
