//! Machines: how an instruction takes an address. They know the format and the numbers handed to them, nothing else.

pub mod arm64;
pub mod relax;
