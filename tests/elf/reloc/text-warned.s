# --warn-textrel says that read-only sections will be written to.
//# link: -shared $IN -z notext --warn-textrel
//# warning: DT_TEXTREL
//# dynamic: TEXTREL
//# link[silent]: -shared $IN -z notext
//# dynamic: TEXTREL
//# unlike: lld mold
        .text
        .globl f
f:      ret
        .quad f
