//! Objective-C: what compilers leave to the linker, made as objects or parts of objects, so that no other pass knows.

pub mod made;
pub mod method_lists;
pub mod stubs;
