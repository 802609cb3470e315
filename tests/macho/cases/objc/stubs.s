# Calls of _objc_msgSend$NAME get a stub each, which loads the selector and jumps; small ones share the jump.
//# link: $IN -undefined dynamic_lookup -dylib
//# fixups: both
//# section: __TEXT,__objc_stubs size=64
//# section: __DATA,__objc_selrefs size=16
//# import: _objc_msgSend from flat
//# contains: __TEXT,__objc_methname "first\0" count=1
//# contains: __TEXT,__objc_methname "second\0" count=1
//# link[small]: $IN -undefined dynamic_lookup -dylib -objc_stubs_small
//# fixups: both
//# section: __TEXT,__objc_stubs size=24
        .globl  _call
        .p2align 2
_call:  bl      _objc_msgSend$first
        bl      _objc_msgSend$second
        bl      _objc_msgSend$first
        ret
        .subsections_via_symbols
