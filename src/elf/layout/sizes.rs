//! Offsets of atoms inside their part, and the size of each part.
//!
//! Takes the atoms that are kept, yields prefix sums: each job sums the atoms of a range, one short serial loop adds up
//! the ranges. Cost: one walk over the atoms in two parallel regions.

use super::{MAX_SIZE, round_up, too_large};
use crate::base::bitset::BitSet;
use crate::base::carve;
use crate::base::diag::Reported;
use crate::base::ids::AtomId;
use crate::base::session::Session;
use crate::elf::atoms::{self, Atoms, Fate, Numbering};
use crate::elf::load::Files;

/// The atoms of one part in output order.
#[derive(Debug, Default)]
pub struct PartPlan {
    /// Bytes.
    pub size: u64,
    /// Alignment in bytes.
    pub align: u64,
    /// Atoms in ascending order of address.
    pub atoms: Vec<AtomId>,
}

impl PartPlan {
    /// Puts an atom at the end and returns its offset.
    fn append(&mut self, atom: AtomId, size: u64, align: u64) -> u64 {
        let at = round_up(self.size, align);
        self.size = at.saturating_add(size);
        self.align = self.align.max(align);
        self.atoms.push(atom);
        at
    }
}

/// Offsets of atoms, independent of where sections go.
#[derive(Debug)]
pub struct Sizes {
    /// By part number.
    pub parts: Vec<PartPlan>,
    /// Offset of each regular atom in its part, until its address takes that place
    /// ([`atom_addresses`](crate::elf::image::atom_addresses)).
    pub offset: Vec<u64>,
}

/// Sums up the sizes of kept atoms.
pub fn sizes(
    files: &Files<'_>,
    numbering: &Numbering,
    atoms: &Atoms<'_>,
    kept: &BitSet,
    cx: &Session,
) -> Result<Sizes, Reported> {
    let _t = cx.time.phase("sum sizes");
    let count = numbering.atom_count();
    let mut offset = vec![0u64; count];
    let cuts = numbering.cuts(16_384);
    let jobs = cuts.iter().zip(carve::carve(&mut offset, cuts.iter().map(|range| range.len())));
    let shares = cx.par.map_jobs(jobs.collect(), count as u64 * 72, |(range, offsets)| {
        let mut parts: Vec<PartPlan> = (0..atoms.parts.len()).map(|_| PartPlan::default()).collect();
        for (file, sections) in numbering.pieces(range.clone()) {
            let Some(object) = files[file].object() else { continue };
            let first = numbering.base[file.idx()] as usize;
            for section in sections {
                let atom = first + section as usize;
                if atoms.fate[atom] != Fate::Regular || !kept.contains(atom) {
                    continue;
                }
                let part = &mut parts[usize::from(atoms.part[atom])];
                match atoms::size_and_align(object, section) {
                    Ok((bytes, align)) => offsets[atom - range.start] = part.append(AtomId(atom as u32), bytes, align),
                    Err(error) => files.malformed(file, &error, cx),
                }
            }
        }
        parts
    });
    cx.diag.checkpoint()?;

    let (parts, bases) = add_up(shares, atoms, cx)?;
    let offsets = carve::carve(&mut offset, cuts.iter().map(|range| range.len()));
    let jobs: Vec<_> = offsets.into_iter().zip(&cuts).zip(bases).collect();
    cx.par.consume(jobs, count as u64 * 10, |((offsets, range), base)| {
        let places = atoms.fate[range.clone()].iter().zip(&atoms.part[range.clone()]);
        for (offset, (_, part)) in offsets.iter_mut().zip(places).filter(|(_, (fate, _))| **fate == Fate::Regular) {
            *offset = offset.saturating_add(base[usize::from(*part)]);
        }
    });
    Ok(Sizes { parts, offset })
}

/// Puts the shares of the ranges one behind the other. Returns the parts, and for each range where its share of each
/// part begins. Shares start aligned to the most that they hold, so offsets inside them stay true.
fn add_up(
    shares: Vec<Vec<PartPlan>>,
    atoms: &Atoms<'_>,
    cx: &Session,
) -> Result<(Vec<PartPlan>, Vec<Vec<u64>>), Reported> {
    let mut parts: Vec<PartPlan> =
        (0..atoms.parts.len()).map(|_| PartPlan { align: 1, ..PartPlan::default() }).collect();
    let mut bases: Vec<Vec<u64>> = Vec::with_capacity(shares.len());
    for of_range in &shares {
        let base = parts.iter_mut().zip(of_range).map(|(part, share)| {
            if share.atoms.is_empty() {
                return part.size;
            }
            let at = round_up(part.size, share.align);
            part.size = at.saturating_add(share.size);
            part.align = part.align.max(share.align);
            at
        });
        bases.push(base.collect());
    }
    for (p, part) in parts.iter().enumerate().filter(|(_, part)| part.size > MAX_SIZE) {
        let name = String::from_utf8_lossy(atoms.sections[atoms.parts[p].section as usize].name).into_owned();
        cx.diag.error(too_large(&name, part.size));
    }
    cx.diag.checkpoint()?;
    for (p, part) in parts.iter_mut().enumerate() {
        part.atoms.reserve_exact(shares.iter().map(|s| s[p].atoms.len()).sum());
        shares.iter().for_each(|s| part.atoms.extend_from_slice(&s[p].atoms));
    }
    Ok((parts, bases))
}
