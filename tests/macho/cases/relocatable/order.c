// -order_file orders what -r writes; seldom called functions keep their mark.
//# link: -r $IN -order_file order
//# lld: differs because it has no -r
//# order: _c _a _b
//# symbol: _a external cold
//# file: order.s
        .globl _a, _b, _c
        .text
_a:     ret
        .cold _a
_b:     ret
_c:     ret
        .subsections_via_symbols
//# file: order
_c
_a
