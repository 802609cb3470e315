//! `-dependency_info`: what was read and written, in the binary form that Xcode's build system reads.
//!
//! Records without a header: a byte that says what follows, then a text that ends with NUL (`DependencyInfo` of ld64 and
//! of swift-build). The version comes first; inputs are sorted, so that the file depends on the link alone.

use super::super::open::Rounds;
use crate::args::macho::{Args, VERSION};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The linker's version.
const LINKER: u8 = 0x00;
/// A file that was read.
const INPUT: u8 = 0x10;
/// A file that was written.
const OUTPUT: u8 = 0x40;

/// All records. Libraries that are looked for and not there have none.
pub(super) fn records(rounds: &Rounds, args: &Args) -> Vec<u8> {
    let opened = rounds.all().map(|map| map.path());
    let texts = args.files_read.iter().chain(&args.order_files).map(|path| path.as_path());
    let created = args.created_sections.iter().map(|section| section.file.as_path());
    let mut inputs: Vec<&Path> = opened.chain(texts).chain(created).collect();
    inputs.sort_unstable();
    inputs.dedup();
    let mut records = Vec::new();
    let mut record = |opcode: u8, text: &[u8]| {
        records.push(opcode);
        records.extend_from_slice(text);
        records.push(0);
    };
    record(LINKER, VERSION.lines().next().unwrap_or_default().as_bytes());
    inputs.iter().for_each(|path| record(INPUT, path.as_os_str().as_bytes()));
    record(OUTPUT, args.output.as_os_str().as_bytes());
    records
}
