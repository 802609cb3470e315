# Symbols move with their sections and keep what the object says of them; a private external name becomes local.
//# link: -r $IN
//# lld: differs because it has no -r
//# filetype: MH_OBJECT
//# flag: MH_SUBSECTIONS_VIA_SYMBOLS
//# symbol: _absolute absolute external value=0x1234
//# symbol: _second defined external section=__TEXT,__text value=12
//# symbol: _inner local alt-entry count=2
//# symbol: _hidable external weak-def weak-ref
//# symbol: _cold external cold
//# symbol: _kept local no-dead-strip
//# symbol: _dynamic dynamic
//# symbol: _private local private section=__TEXT,__text
//# symbol: _private_weak local not-weak
//# symbol: _maybe undefined weak-ref
//# symbol: _outside undefined
//# symbol: _block common desc=0x500 value=64
//# absent: ltmp0 Lunseen
//# check: _second - _first == 12
//# link[keep]: -r -keep_private_externs $IN
//# lld: differs because it has no -r
//# symbol: _private external private
//# symbol: _private_weak external private weak-def
        .globl _first, _absolute, _hidable, _dynamic
        .text
_first: bl _outside
        .alt_entry _inner
_inner: bl _maybe
        ret
        .weak_reference _maybe
_absolute = 0x1234
        .comm _block, 64, 5
        .data
        .weak_def_can_be_hidden _hidable
_hidable: .long 1
        .desc _dynamic, 16
_dynamic: .long 2
        .subsections_via_symbols
//# file: b.s
        .globl _second, _cold, _private, _private_weak
        .private_extern _private
        .private_extern _private_weak
        .weak_definition _private_weak
        .text
_second: bl _first
        .alt_entry _inner
_inner: b Lunseen
Lunseen: ret
_cold:  ret
        .cold _cold
        .no_dead_strip _kept
_kept:  ret
_private: ret
_private_weak: ret
        .comm _block, 16, 2
        .subsections_via_symbols
