//! Notes that the linker writes: build-id, package metadata, and `.note.gnu.property` merged from the inputs.
//!
//! Sources: gABI "Note Section"; the x86-64 psABI "Program Property" for how properties combine: AND keeps what every
//! object has, OR what any has.

use super::atoms::{Atoms, Numbering};
use super::format::*;
use super::load::Files;
use super::merge::Extra;
use crate::args::elf::{Args, BuildId, Report};
use crate::base::ids::FileId;
use crate::base::session::Session;
use crate::base::view::{Malformed, slice, view_one};
use std::collections::BTreeMap;
use zerocopy::IntoBytes;

/// What `.comment` says of the linker, beside what the compilers say of themselves.
pub const COMMENT: Extra<'static> =
    Extra { section: b".comment", text: concat!("Linker: sinew ", env!("CARGO_PKG_VERSION"), "\0").as_bytes() };

/// A note with an owner called `GNU` or `FDO`.
pub fn note(owner: &[u8; 4], kind: u32, desc: &[u8], align: usize) -> Vec<u8> {
    let header = Nhdr { name_size: 4.into(), desc_size: (desc.len() as u32).into(), kind: kind.into() };
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend_from_slice(owner);
    bytes.extend_from_slice(desc);
    bytes.resize(bytes.len().next_multiple_of(align), 0);
    bytes
}

/// Bytes of the build-id itself; 0 without one.
pub fn build_id_size(args: &Args) -> usize {
    match &args.build_id {
        BuildId::None => 0,
        BuildId::Fast | BuildId::Sha1 => 20,
        BuildId::Md5 | BuildId::Uuid => 16,
        BuildId::Sha256 => 32,
        BuildId::Hex(bytes) => bytes.len(),
    }
}

/// `.note.package`.
pub fn package(args: &Args) -> Option<Vec<u8>> {
    let json = args.package_metadata.as_ref()?;
    let mut desc = json.as_bytes().to_vec();
    desc.push(0);
    Some(note(b"FDO\0", NT_FDO_PACKAGING_METADATA, &desc, 4))
}

/// Properties of one object or of the output: type to value.
type Properties = BTreeMap<u32, u64>;

/// The merged `.note.gnu.property`; empty when nothing remains. Also tells whether IBT is on, so that PLT entries need
/// landing pads.
pub fn properties(
    files: &Files<'_>,
    numbering: &Numbering,
    atoms: &Atoms<'_>,
    args: &Args,
    cx: &Session,
) -> (Vec<u8>, bool) {
    let mut by_file: BTreeMap<FileId, Properties> = BTreeMap::new();
    for atom in &atoms.properties {
        let (file, section) = numbering.section_of(*atom);
        let Some(object) = files[file].object() else { continue };
        let result = object.section_bytes(section).and_then(|bytes| parse(bytes, by_file.entry(file).or_default()));
        if let Err(error) = result {
            files.malformed(file, &error, cx);
        }
    }
    let mut merged: Option<Properties> = None;
    let none = Properties::new();
    for (file, _) in numbering.objects(files) {
        let own = by_file.get(&file).unwrap_or(&none);
        report_cet(files, file, own, args, cx);
        merged = Some(match merged {
            None => own.clone(),
            Some(so_far) => combine(&so_far, own),
        });
    }
    let mut merged = merged.unwrap_or_default();
    let mut force = |kind: u32, bits: u32| {
        if bits != 0 {
            *merged.entry(kind).or_insert(0) |= u64::from(bits);
        }
    };
    force(GNU_PROPERTY_X86_FEATURE_1_AND, if args.z.ibt { GNU_PROPERTY_X86_FEATURE_1_IBT } else { 0 });
    force(GNU_PROPERTY_X86_FEATURE_1_AND, if args.z.shstk { GNU_PROPERTY_X86_FEATURE_1_SHSTK } else { 0 });
    force(GNU_PROPERTY_X86_ISA_1_NEEDED, args.z.isa_needed);
    merged.retain(|kind, value| *value != 0 || *kind == GNU_PROPERTY_NO_COPY_ON_PROTECTED);
    let features = merged.get(&GNU_PROPERTY_X86_FEATURE_1_AND).copied().unwrap_or(0);
    let ibt = features & u64::from(GNU_PROPERTY_X86_FEATURE_1_IBT) != 0 || args.z.ibt_plt;
    if merged.is_empty() {
        return (Vec::new(), ibt);
    }
    let mut desc = Vec::new();
    for (kind, value) in merged {
        let size: u32 = match kind {
            GNU_PROPERTY_STACK_SIZE => 8,
            GNU_PROPERTY_NO_COPY_ON_PROTECTED => 0,
            _ => 4,
        };
        desc.extend_from_slice(&kind.to_le_bytes());
        desc.extend_from_slice(&size.to_le_bytes());
        desc.extend_from_slice(&value.to_le_bytes()[..size as usize]);
        desc.resize(desc.len().next_multiple_of(8), 0);
    }
    (note(b"GNU\0", NT_GNU_PROPERTY_TYPE_0, &desc, 8), ibt)
}

fn parse(bytes: &[u8], properties: &mut Properties) -> Result<(), Malformed> {
    let mut at = 0u64;
    while at < bytes.len() as u64 {
        let header: &Nhdr = view_one(bytes, at, "a property note")?;
        let name_end = at + 12 + u64::from(header.name_size.get()).next_multiple_of(4);
        let desc = slice(bytes, name_end, header.desc_size.get().into(), "a property note")?;
        let is_gnu = bytes.get(at as usize + 12..at as usize + 16) == Some(&b"GNU\0"[..]);
        if is_gnu && header.kind.get() == NT_GNU_PROPERTY_TYPE_0 {
            parse_properties(desc, name_end, properties)?;
        }
        at = (name_end + desc.len() as u64).next_multiple_of(8);
    }
    Ok(())
}

fn parse_properties(desc: &[u8], base: u64, properties: &mut Properties) -> Result<(), Malformed> {
    let word = |at: usize| desc.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let mut at = 0usize;
    while at + 8 <= desc.len() {
        let (Some(kind), Some(size)) = (word(at), word(at + 4)) else { break };
        let data = slice(desc, at as u64 + 8, size.into(), "a program property")
            .map_err(|e| Malformed::new(base + e.offset, e.what))?;
        let value = data.iter().take(8).rev().fold(0u64, |v, b| v << 8 | u64::from(*b));
        let x86 = (GNU_PROPERTY_X86_UINT32_AND_LO..=GNU_PROPERTY_X86_UINT32_OR_AND_HI).contains(&kind);
        if x86 || kind == GNU_PROPERTY_STACK_SIZE || kind == GNU_PROPERTY_NO_COPY_ON_PROTECTED {
            *properties.entry(kind).or_insert(0) |= value;
        }
        at = (at + 8 + data.len()).next_multiple_of(8);
    }
    Ok(())
}

fn combine(a: &Properties, b: &Properties) -> Properties {
    let mut out = Properties::new();
    for kind in a.keys().chain(b.keys()) {
        let (x, y) = (a.get(kind).copied(), b.get(kind).copied());
        let value = match *kind {
            GNU_PROPERTY_STACK_SIZE => x.max(y),
            GNU_PROPERTY_NO_COPY_ON_PROTECTED => x.or(y),
            GNU_PROPERTY_X86_UINT32_AND_LO..=GNU_PROPERTY_X86_UINT32_AND_HI => x.zip(y).map(|(x, y)| x & y),
            GNU_PROPERTY_X86_UINT32_OR_LO..=GNU_PROPERTY_X86_UINT32_OR_HI => Some(x.unwrap_or(0) | y.unwrap_or(0)),
            // Present in the output only if every object has it.
            GNU_PROPERTY_X86_UINT32_OR_AND_LO..=GNU_PROPERTY_X86_UINT32_OR_AND_HI => x.zip(y).map(|(x, y)| x | y),
            _ => None,
        };
        if let Some(value) = value {
            out.insert(*kind, value);
        }
    }
    out
}

/// `-z cet-report`.
fn report_cet(files: &Files<'_>, file: FileId, own: &Properties, args: &Args, cx: &Session) {
    if args.z.cet_report == Report::None {
        return;
    }
    let features = own.get(&GNU_PROPERTY_X86_FEATURE_1_AND).copied().unwrap_or(0) as u32;
    for (bit, name) in [(GNU_PROPERTY_X86_FEATURE_1_IBT, "IBT"), (GNU_PROPERTY_X86_FEATURE_1_SHSTK, "SHSTK")] {
        if features & bit == 0 {
            let text = format!("{}: missing {name} property (-z cet-report)", files[file]);
            match args.z.cet_report {
                Report::Error => cx.diag.error_at(u64::from(file.0) << 32, text),
                _ => cx.diag.warn_at(u64::from(file.0) << 32, text),
            }
        }
    }
}
