//! Readable names for symbols: Rust (legacy and v0) and C++ (the Itanium ABI).
//!
//! A linker needs them twice: where it talks to people (undefined and duplicate symbols), and where `extern "C++"`
//! patterns of a version script are matched against the demangled text. The second use fixes the spelling: it is what
//! GNU ld matches, binutils' text without its verbose expansions (`std::string`, no Rust hashes).
//!
//! Names come from input files, so every decoder bounds its recursion, its work and the size of its text: references
//! back into a name can otherwise double the output with every few bytes. Cost: about a microsecond for a usual name.

mod itanium;
mod legacy;
mod text;
mod v0;

#[cfg(test)]
mod tests;

/// The readable form of `name`, whatever its language; `None` if it is not a mangled name.
///
/// The underscore that Mach-O puts before every name must be gone already, and so must a version (`@GLIBC_2.2.5`).
/// Rust comes first, because a legacy Rust name is also a valid C++ name.
pub fn demangle(name: &[u8]) -> Option<String> {
    if name.starts_with(b"_R") {
        return v0::demangle(name);
    }
    legacy::demangle(name).or_else(|| itanium::demangle(name))
}

/// The readable form of `name` if it is a C++ name of the Itanium ABI: the text that `extern "C++"` patterns of a
/// version script match.
pub fn demangle_cxx(name: &[u8]) -> Option<String> {
    itanium::demangle(name)
}
