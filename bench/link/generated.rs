//! The generated large link: objects of many small functions, each in a section of its own, with calls to other
//! objects, strings of which some are shared, data that points to functions, unwind information and COMDAT groups.

use std::fmt::Write as _;

/// How much of it.
pub(crate) struct Shape {
    pub(crate) object_count: usize,
    pub(crate) function_count: usize,
}

/// One in so many functions brings an inline function that other objects bring as well.
const COMDAT_EVERY: usize = 4;

/// The assembly text of one object.
pub(crate) fn assembly(shape: &Shape, object: usize) -> String {
    let mut text = String::new();
    for function in 0..shape.function_count {
        // Strides that are odd primes reach all objects, near and far ones.
        let near = (object + 1) % shape.object_count;
        let far = (object * 31 + function * 17 + 7) % shape.object_count;
        let other = (function * 13 + 5) % shape.function_count;
        let inline = (object * 3 + function) % (shape.function_count * 2) / COMDAT_EVERY * COMDAT_EVERY;
        let brings_inline = function % COMDAT_EVERY == 0;
        let callee = if brings_inline { format!("inline_{inline}") } else { format!("f_{near}_{function}") };
        // Every second string occurs in all objects.
        let message = if function % 2 == 0 {
            format!("function {function} has something to say")
        } else {
            format!("function {function} of object {object} has something to say")
        };
        write!(
            text,
            "\
.section .text.f_{object}_{function},\"ax\",@progbits
.globl f_{object}_{function}
.type f_{object}_{function},@function
f_{object}_{function}:
.cfi_startproc
pushq %rbx
.cfi_adjust_cfa_offset 8
leaq .Lmessage{function}(%rip), %rdi
call f_{far}_{other}@PLT
movq d_{far}_{other}@GOTPCREL(%rip), %rbx
call {callee}@PLT
addq d_{object}_{function}(%rip), %rax
.fill 8, 8, 0x9090909090909090
popq %rbx
.cfi_adjust_cfa_offset -8
ret
.cfi_endproc
.size f_{object}_{function}, . - f_{object}_{function}
.section .rodata.str1.1,\"aMS\",@progbits,1
.Lmessage{function}: .string \"{message}\"
.section .data.rel.d_{object}_{function},\"aw\",@progbits
.balign 8
.globl d_{object}_{function}
.type d_{object}_{function},@object
d_{object}_{function}: .quad f_{near}_{other}, {function}
.size d_{object}_{function}, 16
"
        )
        .expect("a string grows as needed");
        if brings_inline {
            write!(
                text,
                "\
.section .text.inline_{inline},\"axG\",@progbits,inline_{inline},comdat
.weak inline_{inline}
.type inline_{inline},@function
inline_{inline}:
.cfi_startproc
movl ${inline}, %eax
.fill 4, 8, 0x9090909090909090
ret
.cfi_endproc
.size inline_{inline}, . - inline_{inline}
"
            )
            .expect("a string grows as needed");
        }
    }
    text.push_str(".section .note.GNU-stack,\"\",@progbits\n");
    text
}
