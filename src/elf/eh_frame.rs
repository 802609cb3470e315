//! Plans `.eh_frame` and `.eh_frame_hdr`: records of kept functions, each distinct CIE once, a terminator at the end.
//!
//! The unwinder finds a function's FDE by binary search in `.eh_frame_hdr` (LSB "Exception Frame Header"); programs
//! linked without it are searched record by record, so the terminator stays last.
//! Cost: one walk over the records; CIEs are compared by bytes and by what they refer to.

use super::frames::FileFrames;
use super::object::{Object, Place};
use super::relocs::{Context, Site};
use crate::base::ids::FileId;
use crate::base::session::Session;
use std::collections::HashMap;

/// Where the records of one file go.
#[derive(Debug, Default, Clone)]
pub struct FilePlan {
    /// Offset of the file's first byte in the output section.
    pub start: u32,
    /// Bytes that the file writes: its own new CIEs, then its FDEs.
    pub size: u32,
    /// CIEs that this file writes: number among its own.
    pub own_cies: Vec<u32>,
    /// Output offset of each of the file's CIEs (its own or an equal one of an earlier file).
    pub cie_offsets: Vec<u32>,
    /// FDEs that are kept: number among its own.
    pub fdes: Vec<u32>,
    /// How many FDEs earlier files have.
    pub fdes_before: u32,
}

/// The whole section.
#[derive(Debug, Default)]
pub struct Plan {
    /// By file.
    pub files: Vec<FilePlan>,
    /// Bytes, terminator included; 0 when there is nothing.
    pub size: u64,
    /// Number of FDEs.
    pub fde_count: u32,
}

/// A CIE is equal to another when bytes and targets are.
#[derive(PartialEq, Eq, Hash)]
struct CieKey<'a> {
    bytes: &'a [u8],
    targets: Vec<(u64, u32, i64, u64)>,
}

/// What is kept of one file.
struct Kept<'a> {
    /// Numbers among the file's own.
    fdes: Vec<u32>,
    /// Bytes of these.
    fde_bytes: u64,
    /// The CIEs that they name, in the order in which they name them.
    cies: Vec<(u32, CieKey<'a>)>,
}

impl<'a> Kept<'a> {
    fn new(c: &Context<'_, 'a>, f: FileId, records: &FileFrames) -> Self {
        let mut kept = Kept { fdes: Vec::new(), fde_bytes: 0, cies: Vec::new() };
        let Some(object) = c.files[f].object() else { return kept };
        let mut is_named = vec![false; records.cies.len()];
        let lives = |function: u32| function != 0 && c.kept.contains(c.numbering.atom(f, function).idx());
        for (i, fde) in records.fdes.iter().enumerate().filter(|(_, fde)| lives(fde.function)) {
            kept.fdes.push(i as u32);
            kept.fde_bytes += u64::from(fde.size);
            if !std::mem::replace(&mut is_named[fde.cie as usize], true) {
                kept.cies.push((fde.cie, cie_key(c, f, object, records, fde.cie)));
            }
        }
        kept
    }
}

/// Decides what is kept and where it goes.
pub fn plan(c: &Context<'_, '_>, frames: &[FileFrames], cx: &Session) -> Plan {
    let _t = cx.time.phase("plan .eh_frame");
    let groups = c.numbering.file_groups(4096);
    let kept = cx.par.map(groups.len(), c.numbering.atom_count() as u64 * 16, |g| {
        groups[g].clone().map(|f| Kept::new(c, FileId(f as u32), &frames[f])).collect::<Vec<_>>()
    });
    let mut plan = Plan { files: Vec::with_capacity(frames.len()), size: 0, fde_count: 0 };
    let mut known: HashMap<CieKey<'_>, u32> = HashMap::new();
    let mut at = 0u64;
    for (f, kept) in kept.into_iter().flatten().enumerate() {
        let mut file = FilePlan { start: at as u32, fdes_before: plan.fde_count, ..FilePlan::default() };
        file.cie_offsets = vec![u32::MAX; if kept.cies.is_empty() { 0 } else { frames[f].cies.len() }];
        for (number, key) in kept.cies {
            file.cie_offsets[number as usize] = *known.entry(key).or_insert_with(|| {
                file.own_cies.push(number);
                let offset = at as u32;
                at += u64::from(frames[f].cies[number as usize].size);
                offset
            });
        }
        at += kept.fde_bytes;
        plan.fde_count += kept.fdes.len() as u32;
        file.fdes = kept.fdes;
        file.size = (at - u64::from(file.start)) as u32;
        plan.files.push(file);
    }
    let any = c.atoms.fate.contains(&super::atoms::Fate::Frames);
    plan.size = if any { at + 4 } else { 0 };
    if plan.size > u64::from(u32::MAX) {
        cx.diag.error(format_args!(".eh_frame would be {} bytes; its offsets hold 4 GiB", plan.size));
    }
    plan
}

fn cie_key<'a>(c: &Context<'_, 'a>, file: FileId, object: &Object<'a>, frames: &FileFrames, number: u32) -> CieKey<'a> {
    let cie = &frames.cies[number as usize];
    let bytes = object.section_bytes(cie.section).unwrap_or(&[]);
    let bytes = &bytes[cie.offset as usize..(cie.offset + cie.size) as usize];
    let relocations = object.relocations(cie.section).unwrap_or(&[]);
    let range = cie.relocations.0 as usize..cie.relocations.1 as usize;
    let site = Site { file, object, section: cie.section };
    let targets = relocations[range].iter().map(|r| {
        let to = match c.target(site, r) {
            Some(t) => match t.id {
                Some(id) => u64::from(id.0) << 32,
                None => match object.place(t.index, &object.symbols[t.index as usize]) {
                    Ok(Place::Section(s)) => {
                        let value = object.symbols[t.index as usize].value.get();
                        u64::from(c.numbering.atom(file, s).0) << 32 | 1 | (value & 0x7fff_ffff) << 1
                    }
                    _ => u64::from(t.index) << 1 | 1,
                },
            },
            None => u64::MAX,
        };
        (r.offset.get() - u64::from(cie.offset), r.kind(), r.addend(), to)
    });
    CieKey { bytes, targets: targets.collect() }
}
