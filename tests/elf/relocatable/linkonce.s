# A linkonce section that stays makes a group of the same name and symbols go, and with it the group's header.
//# link: -r $IN
//# contains: .gnu.linkonce.t.f 91 91 91 91
//# no-section: .text.f .group
//# symbol: f global section=.gnu.linkonce.t.f
//# unlike: lld
        .section .gnu.linkonce.t.f,"ax",@progbits
        .globl f
f:      .long 0x91919191
//# file: group.s
        .section .text.f,"axG",@progbits,f,comdat
        .globl f
f:      .long 0x92929292
