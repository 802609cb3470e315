//! Contiguous regions of the output that the linker itself makes.
