//! The generated Mach-O link (arm64): functions that the linker may take apart, with compact unwind information, C
//! strings, and weak definitions for the inline functions.

use std::fmt::Write as _;

use super::assembly::Shape;
use super::debug_assembly::{self, Dialect};

const DEBUG: Dialect = Dialect {
    abbreviations: ".section __DWARF,__debug_abbrev,regular,debug",
    information: ".section __DWARF,__debug_info,regular,debug",
    strings: ".section __DWARF,__debug_str,regular,debug",
    ranges: ".section __DWARF,__debug_ranges,regular,debug",
    // The linker leaves debug information in the objects, and reads but the names of a unit.
    lines: None,
    local: "L",
    global: "_",
    string: |label| format!("{label}-Lstrings"),
};

/// The assembly text of one object.
pub(crate) fn assembly(shape: &Shape, object: usize) -> String {
    let mut text = String::from(".build_version macos, 13, 0\n");
    for function in 0..shape.function_count {
        write_function(&mut text, shape, object, function);
    }
    if shape.debug_types > 0 {
        debug_assembly::write(&mut text, shape, object, &DEBUG);
    }
    text.push_str(".subsections_via_symbols\n");
    text
}

/// The object that has `main`.
pub(crate) const MAIN: &str = "\
.build_version macos, 13, 0
.globl _main
.p2align 2
_main:
adrp x0, _f_0_0@GOTPAGE
ldr x0, [x0, _f_0_0@GOTPAGEOFF]
mov w0, #0
ret
.subsections_via_symbols
";

fn write_function(text: &mut String, shape: &Shape, object: usize, function: usize) {
    let plan = shape.function(object, function);
    let ((far, far_function), (near, near_function)) = (plan.far, plan.near);
    let callee = match plan.inline {
        Some(inline) => format!("_inline_{inline}"),
        None => format!("_f_{}_{}", plan.also.0, plan.also.1),
    };
    let message = &plan.message;
    write!(
        text,
        "\
.section __TEXT,__text,regular,pure_instructions
.globl _f_{object}_{function}
.p2align 2
_f_{object}_{function}:
.cfi_startproc
stp x29, x30, [sp, #-16]!
mov x29, sp
.cfi_def_cfa w29, 16
.cfi_offset w30, -8
.cfi_offset w29, -16
adrp x0, l_.str.{function}@PAGE
add x0, x0, l_.str.{function}@PAGEOFF
bl _f_{far}_{far_function}
adrp x8, _d_{far}_{far_function}@GOTPAGE
ldr x8, [x8, _d_{far}_{far_function}@GOTPAGEOFF]
bl {callee}
adrp x8, _d_{object}_{function}@PAGE
ldr x9, [x8, _d_{object}_{function}@PAGEOFF]
add x0, x0, x9
.fill 16, 4, 0xd503201f
ldp x29, x30, [sp], #16
ret
Lend{function}:
.cfi_endproc
.section __TEXT,__cstring,cstring_literals
l_.str.{function}: .asciz \"{message}\"
.section __DATA,__data
.globl _d_{object}_{function}
.p2align 3
_d_{object}_{function}: .quad _f_{near}_{near_function}, {function}
"
    )
    .expect("a string grows as needed");
    if let Some(inline) = plan.inline {
        write!(
            text,
            "\
.section __TEXT,__text,regular,pure_instructions
.globl _inline_{inline}
.weak_definition _inline_{inline}
.p2align 2
_inline_{inline}:
.cfi_startproc
mov w0, #{number}
.fill 8, 4, 0xd503201f
ret
.cfi_endproc
",
            // As much as one instruction takes.
            number = inline % 65536
        )
        .expect("a string grows as needed");
    }
}
