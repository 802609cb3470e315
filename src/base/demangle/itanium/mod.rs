//! C++ names by the Itanium ABI, which every linker target but Windows uses.
//!
//! Source: itanium-cxx-abi.github.io, "External Names (a.k.a. Mangling)". The spelling of the result is binutils'
//! (`cplus_demangle` with parameters, not verbose), established by comparing some 300,000 names of real libraries: the
//! text of version-script patterns was written against it. Names longer than the 1024 bytes at which binutils gives up
//! are still decoded, as are newer constructs.
//!
//! Two stages. `parse` reads the name into a graph of [`node::Node`]s; substitutions (`S0_`) make nodes shared.
//! `print` walks the graph. Template parameters (`T_`) are looked up while printing, because the arguments they stand
//! for may follow later in the name. Cost: O(text), with three allocations or so.

mod node;
mod parse;
mod print;

pub(super) fn demangle(name: &[u8]) -> Option<String> {
    // A name in a string table has no NUL, and the parser takes 0 for the end of the name.
    if !(name.starts_with(b"_Z") || name.starts_with(b"_GLOBAL_")) || name.contains(&0) {
        return None;
    }
    let (graph, root) = parse::parse(name)?;
    print::print(&graph, root)
}
