//! The generated ELF link: each function in a section of its own, with unwind information, strings in a mergeable
//! section, inline functions in COMDAT groups.

use std::fmt::Write as _;

use super::assembly::Shape;
use super::debug_assembly::{self, Dialect};

const DEBUG: Dialect = Dialect {
    abbreviations: ".section .debug_abbrev,\"\",@progbits",
    information: ".section .debug_info,\"\",@progbits",
    strings: ".section .debug_str,\"MS\",@progbits,1",
    ranges: ".section .debug_ranges,\"\",@progbits",
    lines: Some(".section .debug_line,\"\",@progbits"),
    local: ".L",
    global: "",
    // The linker merges the strings, so a place among them is a relocation.
    string: |label| label.to_owned(),
};

/// The assembly text of one object.
pub(crate) fn assembly(shape: &Shape, object: usize) -> String {
    let mut text = String::new();
    if shape.debug_types > 0 {
        writeln!(text, ".file 1 \"object{object}.rs\"").expect("a string grows as needed");
    }
    for function in 0..shape.function_count {
        write_function(&mut text, shape, object, function);
    }
    if shape.debug_types > 0 {
        debug_assembly::write(&mut text, shape, object, &DEBUG);
    }
    text.push_str(".section .note.GNU-stack,\"\",@progbits\n");
    text
}

fn write_function(text: &mut String, shape: &Shape, object: usize, function: usize) {
    let plan = shape.function(object, function);
    let ((far, far_function), (near, near_function)) = (plan.far, plan.near);
    let callee = match plan.inline {
        Some(inline) => format!("inline_{inline}"),
        None => format!("f_{}_{}", plan.also.0, plan.also.1),
    };
    // A row of the line table.
    let line = if shape.debug_types > 0 { format!(".loc 1 {} 5", function * 10 + 7) } else { String::new() };
    let message = &plan.message;
    write!(
        text,
        "\
.section .text.f_{object}_{function},\"ax\",@progbits
.globl f_{object}_{function}
.type f_{object}_{function},@function
f_{object}_{function}:
.cfi_startproc
{line}
pushq %rbx
.cfi_adjust_cfa_offset 8
leaq .Lmessage{function}(%rip), %rdi
call f_{far}_{far_function}@PLT
movq d_{far}_{far_function}@GOTPCREL(%rip), %rbx
call {callee}@PLT
addq d_{object}_{function}(%rip), %rax
.fill 8, 8, 0x9090909090909090
popq %rbx
.cfi_adjust_cfa_offset -8
ret
.Lend{function}:
.cfi_endproc
.size f_{object}_{function}, . - f_{object}_{function}
.section .rodata.str1.1,\"aMS\",@progbits,1
.Lmessage{function}: .string \"{message}\"
.section .data.rel.d_{object}_{function},\"aw\",@progbits
.balign 8
.globl d_{object}_{function}
.type d_{object}_{function},@object
d_{object}_{function}: .quad f_{near}_{near_function}, {function}
.size d_{object}_{function}, 16
"
    )
    .expect("a string grows as needed");
    if let Some(inline) = plan.inline {
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
