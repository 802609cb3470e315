# An object without MH_SUBSECTIONS_VIA_SYMBOLS is one atom a section: -dead_strip keeps or drops it whole.
//# also: calls.c
//# link: $IN -dead_strip
//# run: exit 42
//# symbol: _beside external
        .globl  _wanted, _beside
        .p2align 2
_beside: ret
_wanted: mov    w0, #42
        ret
