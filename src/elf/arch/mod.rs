//! Instruction sets: what relocations need, and how they are applied.

pub mod x86_64;
