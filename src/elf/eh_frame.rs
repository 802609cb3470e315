//! Plans `.eh_frame` and `.eh_frame_hdr`: records of kept functions, each distinct CIE once, a terminator at the end.
//!
//! The unwinder finds a function's FDE by binary search in `.eh_frame_hdr` (LSB "Exception Frame Header"); programs
//! linked without it are searched record by record, so the terminator stays last.
//! Cost: one walk over the records; CIEs are compared by bytes and by what they refer to.

use super::frames::FileFrames;
use super::object::{Object, Place};
use super::relocs::{Context, Site};
use crate::base::carve;
use crate::base::ids::{FileId, NONE};
use crate::base::session::Session;
use std::collections::HashMap;
use std::ops::Range;

/// Where the records of a file, or of a piece of a large one, go.
#[derive(Debug, Default, Clone)]
pub struct Share {
    /// Whose they are.
    pub file: FileId,
    /// Offset of the first byte in the output section.
    pub start: u32,
    /// Bytes that are written: first the share's own new CIEs, then its FDEs.
    pub size: u32,
    /// CIEs that it writes: number among the file's.
    pub own_cies: Vec<u32>,
    /// FDEs that are kept: number among the file's.
    pub fdes: Vec<u32>,
}

/// The whole section.
#[derive(Debug, Default)]
pub struct Plan {
    /// In the order of the output; a file of which nothing is kept has none.
    pub shares: Vec<Share>,
    /// By file, output offset of each of its CIEs (its own or an equal one of an earlier file); [`NONE`] for one that no
    /// kept FDE names.
    pub cie_offsets: Vec<Vec<u32>>,
    /// Bytes, terminator included; 0 when there is nothing.
    pub size: u64,
    /// Number of FDEs.
    pub fde_count: u32,
}

impl Plan {
    /// The FDEs of a share in output order: number among its file's, and output offset.
    pub fn fdes<'p>(&self, share: &'p Share, records: &'p FileFrames) -> impl Iterator<Item = (u32, u32)> + use<'p> {
        let cies: u32 = share.own_cies.iter().map(|c| records.cies[*c as usize].size).sum();
        let mut at = share.start + cies;
        share.fdes.iter().map(move |number| {
            let to = at;
            at += records.fdes[*number as usize].size;
            (*number, to)
        })
    }
}

/// A CIE is equal to another when bytes and targets are.
#[derive(PartialEq, Eq, Hash)]
struct CieKey<'a> {
    bytes: &'a [u8],
    targets: Vec<(u64, u32, i64, u64)>,
}

/// What is kept of one share.
struct Kept<'a> {
    /// Numbers among the file's.
    fdes: Vec<u32>,
    /// Bytes of these.
    fde_bytes: u64,
    /// The CIEs that they name, in the order in which they name them.
    cies: Vec<(u32, CieKey<'a>)>,
}

impl<'a> Kept<'a> {
    fn new(c: &Context<'_, 'a>, f: FileId, records: &FileFrames, fdes: Range<u32>) -> Self {
        let mut kept = Kept { fdes: Vec::new(), fde_bytes: 0, cies: Vec::new() };
        let Some(object) = c.files[f].object() else { return kept };
        let mut is_named = vec![false; records.cies.len()];
        let lives = |function: u32| function != 0 && c.kept.contains(c.numbering.atom(f, function).idx());
        for i in fdes {
            let fde = &records.fdes[i as usize];
            if lives(fde.function) {
                kept.fdes.push(i);
                kept.fde_bytes += u64::from(fde.size);
                if !std::mem::replace(&mut is_named[fde.cie as usize], true) {
                    kept.cies.push((fde.cie, cie_key(c, f, object, records, fde.cie)));
                }
            }
        }
        kept
    }
}

/// Decides what is kept and where it goes.
pub fn plan(c: &Context<'_, '_>, frames: &[FileFrames], cx: &Session) -> Plan {
    let _t = cx.time.phase("plan .eh_frame");
    let mut base = vec![0u64];
    frames.iter().for_each(|records| base.push(base[base.len() - 1] + records.fdes.len() as u64));
    let cuts = carve::cuts(&base, 8192);
    let kept = cx.par.map(cuts.len(), base[base.len() - 1] * 40, |j| {
        let pieces = carve::pieces(&base, cuts[j].clone());
        pieces.map(|(f, fdes)| (f, Kept::new(c, f, &frames[f.idx()], fdes))).collect::<Vec<_>>()
    });
    let mut plan = Plan { cie_offsets: vec![Vec::new(); frames.len()], ..Plan::default() };
    let mut known: HashMap<CieKey<'_>, u32> = HashMap::new();
    let mut at = 0u64;
    for (file, kept) in kept.into_iter().flatten().filter(|(_, kept)| !kept.fdes.is_empty()) {
        let mut share = Share { file, start: at as u32, ..Share::default() };
        let (cies, offsets) = (&frames[file.idx()].cies, &mut plan.cie_offsets[file.idx()]);
        offsets.resize(cies.len(), NONE);
        for (number, key) in kept.cies {
            offsets[number as usize] = *known.entry(key).or_insert_with(|| {
                share.own_cies.push(number);
                let offset = at as u32;
                at += u64::from(cies[number as usize].size);
                offset
            });
        }
        at += kept.fde_bytes;
        plan.fde_count += kept.fdes.len() as u32;
        share.fdes = kept.fdes;
        share.size = (at - u64::from(share.start)) as u32;
        plan.shares.push(share);
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
