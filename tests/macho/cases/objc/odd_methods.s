// Lists of methods that are not as compilers write them stay as they are: pointers, which the runtime takes too.
//# link: $IN -dylib -objc_relative_method_lists
//# section: __TEXT,__objc_methlist size=20
//# symbol: __OBJC_$_INSTANCE_METHODS_Good local section=__TEXT,__objc_methlist
//# symbol: __OBJC_$_INSTANCE_METHODS_Empty local section=__DATA,__objc_const
//# symbol: __OBJC_$_INSTANCE_METHODS_Outside local section=__DATA,__objc_const
//# symbol: __OBJC_$_INSTANCE_METHODS_Short local section=__DATA,__objc_const
//# symbol: __OBJC_$_INSTANCE_METHODS_Other local section=__DATA,__objc_const
//# symbol: __OBJC_$_INSTANCE_METHODS_Entered local section=__DATA,__objc_const
//# symbol: __OBJC_$_PROTOCOL_INSTANCE_METHODS_Kept local section=__DATA,__objc_const
//# symbol: _after section=__DATA,__objc_const
//# check: u64(_after) == 7
//# lld: differs because it asserts
        .globl  _function, _after
        .p2align 2
_function:
        ret
        .section __TEXT,__objc_methname,cstring_literals
l_name: .asciz  "name"
        .section __TEXT,__objc_methtype,cstring_literals
l_type: .asciz  "v16@0:8"
        .section __DATA,__objc_const
        .p2align 3
__OBJC_$_INSTANCE_METHODS_Empty:
        .long   24, 0
__OBJC_$_INSTANCE_METHODS_Outside:
        .long   24, 1
        .quad   l_name, l_type, _free
__OBJC_$_INSTANCE_METHODS_Good:
        .long   24, 1
        .quad   l_name, l_type, _function
__OBJC_$_INSTANCE_METHODS_Short:
        .long   24, 2
        .quad   l_name, l_type, _function
__OBJC_$_INSTANCE_METHODS_Other:
        .long   32, 1
        .quad   l_name, l_type, _function, 0
__OBJC_$_INSTANCE_METHODS_Entered:
        .long   24, 1
        .quad   l_name, l_type
        .alt_entry _inside
_inside:
        .quad   _function
__OBJC_$_PROTOCOL_INSTANCE_METHODS_Kept:
        .long   24, 1
        .quad   l_name, l_type, _function
_after: .quad   7
        .subsections_via_symbols
