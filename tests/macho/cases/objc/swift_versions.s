// All Swift of an image has one ABI, and nothing needs garbage collection; the newest language version is told.
//# lld: differs because it leaves out the version of the language
//# link: swift_versions.o older.o -undefined dynamic_lookup
//# contains: __DATA_CONST,__objc_imageinfo 00 00 00 00 40 07 05 06
//# link[abi]: swift_versions.o other_abi.o
//# error: Swift of two ABIs cannot be in one image: swift_versions.o has version 7, other_abi.o version 6
//# link[gc]: swift_versions.o gc.o
//# error: gc.o needs Objective-C garbage collection
        .globl  _main
_main:  ret
        .section __DATA,__objc_imageinfo,regular,no_dead_strip
        .long   0, 0x06050740
//# file: older.s
        .section __DATA,__objc_imageinfo,regular,no_dead_strip
        .long   0, 0x05090740
//# file: other_abi.s
        .section __DATA,__objc_imageinfo,regular,no_dead_strip
        .long   0, 0x05000640
//# file: gc.s
        .section __DATA,__objc_imageinfo,regular,no_dead_strip
        .long   0, 0x46
