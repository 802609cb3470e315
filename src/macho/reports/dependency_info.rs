//! `-dependency_info`: what was read and written, in the binary form that Xcode's build system reads.
//!
//! Records without a header: a byte that says what follows, then a text that ends with NUL (`DependencyInfo` of ld64 and
//! of swift-build). The version comes first; then what was read, what was looked for in vain (a build is stale when it
//! appears), what was written, each sorted, so that the file depends on the link alone.

use super::super::open::Rounds;
use crate::args::macho::{Args, VERSION};
use std::borrow::Cow;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The linker's version.
const LINKER: u8 = 0x00;
/// A file that was read.
const INPUT: u8 = 0x10;
/// A file that was looked for and is not there.
const MISSING: u8 = 0x11;
/// A file that was written.
const OUTPUT: u8 = 0x40;

/// All records. `missing` are paths where libraries were looked for.
pub(super) fn records(rounds: &Rounds, missing: &[PathBuf], args: &Args) -> Vec<u8> {
    let opened = rounds.all().map(|map| map.path());
    let texts = args.files_read.iter().chain(&args.order_files).map(|path| path.as_path());
    let created = args.created_sections.iter().map(|section| section.file.as_path());
    let mut records = vec![LINKER];
    records.extend_from_slice(VERSION.lines().next().unwrap_or_default().as_bytes());
    records.push(0);
    add(&mut records, INPUT, opened.chain(texts).chain(created));
    add(&mut records, MISSING, missing.iter().map(|path| path.as_path()));
    add(&mut records, OUTPUT, [args.output.as_path()].into_iter().chain(args.map.as_deref()));
    records
}

/// Adds the records of one kind. As with ld64, relative paths of files that are there become absolute: whoever reads the
/// records runs elsewhere.
fn add<'p>(records: &mut Vec<u8>, opcode: u8, paths: impl Iterator<Item = &'p Path>) {
    let absolute = |path: &'p Path| match path.is_absolute() {
        true => Cow::Borrowed(path),
        false => path.canonicalize().map_or(Cow::Borrowed(path), Cow::Owned),
    };
    let mut paths: Vec<Cow<'p, Path>> = paths.map(absolute).collect();
    // By bytes, and not by parts.
    paths.sort_unstable_by(|a, b| a.as_os_str().as_bytes().cmp(b.as_os_str().as_bytes()));
    paths.dedup();
    for path in paths {
        records.push(opcode);
        records.extend_from_slice(path.as_os_str().as_bytes());
        records.push(0);
    }
}
