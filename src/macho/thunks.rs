//! Thunks of arm64: a branch reaches 128 MiB either way, and what is farther goes through three instructions in between.
//!
//! A thunk loads the address of its target, or of the target's stub, in x16, which the calling convention leaves to the
//! linker. Takes sections in order and slots, yields pools between atoms, which `layout` places and `write` fills.
//! With little code there is nothing to do, and nothing but the sizes of the input sections is read.
//! Cost, with much code: the relocations of code once more, in parallel.

use super::arch::arm64::{self, STUB_SIZE, THUNK_SIZE};
use super::definitions::Definition;
use super::format::*;
use super::image::Image;
use super::layout;
use super::relocs::{Context, Reloc, Target};
use super::sections::{self, Chunk, Content, OutSection};
use super::slots::Slots;
use crate::base::ids::{AtomId, NONE};
use crate::base::session::Session;
use crate::base::thunks::{self, Far, MOST};
use std::ops::Range;

/// Where a thunk goes: what a relocation points at, atoms as they stand in the end, and what is added.
pub type Goal = (Target, i64);

/// Thunks that stand together.
#[derive(Debug)]
pub struct Pool {
    /// Index of the output section.
    pub section: usize,
    /// The atom that they stand in front of, by its place in the section's list; its length for the end.
    pub before: usize,
    /// Bytes that what follows moves: a multiple of all alignments in code.
    pub room: u64,
    /// Virtual address of the first, once placed.
    pub address: u64,
    /// Where they go, in order.
    pub goals: Vec<Goal>,
}

/// Bytes that a branch reaches.
const REACH: u64 = 1 << 27;
/// Bytes of code in one batch: from any place of it, the pool behind it is in reach.
const BATCH: u64 = 96 << 20;
/// With less code in all inputs, padding and stubs included later, every branch reaches everything.
const ENOUGH: u64 = 112 << 20;

/// The pools of all sections, in order.
pub fn plan(context: &Context<'_, '_>, sections: &[OutSection], slots: &Slots, cx: &Session) -> Vec<Pool> {
    let inputs = context.objects().flat_map(|(_, object)| object.sections);
    let size: u64 = inputs.filter(|s| s.flags.get() & CODE != 0).map(|s| s.size.get()).sum();
    if size < ENOUGH || context.args.no_branch_islands {
        return Vec::new();
    }
    let _t = cx.time.phase("plan thunks");
    let draft = Draft::new(context, sections, slots, cx);
    let (jobs, boundaries) = draft.batches();
    let far = cx.par.map(jobs.len(), size, |i| draft.far(&jobs[i], &boundaries));
    let align = sections.iter().filter(|s| is_code(s)).map(|s| 1 << s.align).max().unwrap_or(4);
    // Three bytes may be lost in front of the first thunk.
    let room = |count: usize| (count as u64 * THUNK_SIZE + 3).next_multiple_of(align);
    let settled = thunks::settle(far.into_iter().flatten().collect(), REACH, room);
    settled
        .into_iter()
        .map(|(pool, goals)| {
            let Boundary { section, before, .. } = boundaries[pool as usize];
            Pool { section, before, room: room(goals.len()), address: 0, goals }
        })
        .collect()
}

const CODE: u32 = S_ATTR_PURE_INSTRUCTIONS | S_ATTR_SOME_INSTRUCTIONS;

fn is_code(section: &OutSection) -> bool {
    section.flags & CODE != 0
}

/// Where a pool may stand.
struct Boundary {
    section: usize,
    before: usize,
    /// In the draft.
    address: u64,
}

/// Atoms whose branches one job reads. Boundary `first` is before their batch, the next one behind it.
struct Job {
    section: usize,
    atoms: Range<usize>,
    first: usize,
}

/// Atoms of a job.
const BLOCK: usize = 4096;

/// Addresses as they are without pools: distances in a segment are right but for padding between sections.
struct Draft<'x, 'a> {
    context: &'x Context<'x, 'a>,
    sections: &'x [OutSection],
    slots: &'x Slots,
    /// Offsets of atoms in their sections.
    offsets: Vec<u64>,
    /// Bytes of sections.
    sizes: Vec<u64>,
    /// Of sections.
    starts: Vec<u64>,
    section_of: Vec<u8>,
    /// What padding between sections may add to a distance.
    slack: u64,
}

impl<'x, 'a> Draft<'x, 'a> {
    fn new(context: &'x Context<'x, 'a>, sections: &'x [OutSection], slots: &'x Slots, cx: &Session) -> Draft<'x, 'a> {
        let offsets = layout::offsets(sections, &[], (context.files, context.atoms), cx);
        let (mut starts, mut at): (Vec<u64>, u64) = (Vec::with_capacity(sections.len()), 0);
        for (index, section) in sections.iter().enumerate() {
            if index > 0 && sections[index - 1].name.0 != section.name.0 {
                // Between segments are sections whose size is not known yet: what is in another one counts as far.
                at = (at + MOST + REACH).next_multiple_of(1 << 30);
            }
            starts.push(at.next_multiple_of(1 << section.align));
            at = starts[index] + offsets.sizes[index];
        }
        let mut in_section = vec![0; context.atoms.len()];
        let placed =
            sections.iter().zip(&offsets.atoms).flat_map(|(section, places)| section.atoms().iter().zip(places));
        placed.for_each(|(atom, place)| in_section[atom.idx()] = *place);
        let slack = sections.iter().filter(|s| is_code(s)).map(|s| 1 << s.align).sum();
        let section_of = sections::by_atom(sections, context.atoms.len());
        Draft { context, sections, slots, offsets: in_section, sizes: offsets.sizes, starts, section_of, slack }
    }

    fn address(&self, atom: AtomId) -> Option<u64> {
        let start = self.starts.get(self.section_of[atom.idx()] as usize)?;
        Some(start + self.offsets[atom.idx()])
    }

    /// Cuts sections of code into batches, and these into jobs.
    fn batches(&self) -> (Vec<Job>, Vec<Boundary>) {
        let (mut jobs, mut boundaries) = (Vec::new(), Vec::new());
        for (section, out) in self.sections.iter().enumerate().filter(|(_, s)| is_code(s)) {
            let Content::Atoms(list) = &out.content else { continue };
            let size = |atom: &AtomId| self.context.atoms.size(self.context.files, *atom);
            let ends = list.iter().map(|atom| self.offsets[atom.idx()] + size(atom));
            boundaries.push(Boundary { section, before: 0, address: self.starts[section] });
            let mut start = 0;
            for end in thunks::batches(ends, BATCH) {
                let first = boundaries.len() - 1;
                let blocks = (start..end).step_by(BLOCK).map(|at| at..(at + BLOCK).min(end));
                jobs.extend(blocks.map(|atoms| Job { section, atoms, first }));
                let rest = list.get(end).map_or(self.sizes[section], |atom| self.offsets[atom.idx()]);
                boundaries.push(Boundary { section, before: end, address: self.starts[section] + rest });
                start = end;
            }
        }
        (jobs, boundaries)
    }

    /// The branches of a job that are far. Broken relocations were reported by the scan.
    fn far(&self, job: &Job, boundaries: &[Boundary]) -> Vec<Far<Goal>> {
        let mut found = Vec::new();
        for &atom in &self.sections[job.section].atoms()[job.atoms.clone()] {
            let (object, piece) = self.context.atoms.piece(self.context.files, atom);
            let start = self.address(atom).expect("it is in a section");
            let _ = self.context.each_reloc(self.context.atoms.local(atom).0, object, piece, |reloc| {
                let p = start + u64::from(reloc.offset);
                if reloc.kind == ARM64_RELOC_BRANCH26
                    && let Some(target) = self.target(&reloc)
                    && let distance = target.abs_diff(p) + self.slack
                    && distance + MOST >= REACH
                {
                    // Only from within an atom that is larger than a batch, the pool behind may be out of reach.
                    let behind = boundaries[job.first + 1].address - p + MOST < REACH;
                    let pool = (job.first + usize::from(behind)) as u32;
                    found.push(Far { pool, target: goal(self.context, self.slots, &reloc), distance });
                }
                Ok(())
            });
        }
        found
    }

    /// Where a branch goes in the draft, if it goes to code of this image.
    fn target(&self, reloc: &Reloc) -> Option<u64> {
        if let Some(stub) = stub(self.slots, reloc.target) {
            let section = self.sections.iter().position(|s| s.content == Content::Chunk(Chunk::Stubs))?;
            return Some(self.starts[section] + u64::from(stub) * STUB_SIZE);
        }
        match self.context.definition(reloc.target) {
            Definition::Atom(atom, offset) => Some(self.address(atom)? + offset),
            _ => None,
        }
    }
}

fn stub(slots: &Slots, target: Target) -> Option<u32> {
    match target {
        Target::Symbol(id) => Some(slots.of(id).stub).filter(|stub| *stub != NONE),
        _ => None,
    }
}

/// What branches that go to the same place have in common.
fn goal(context: &Context<'_, '_>, slots: &Slots, reloc: &Reloc) -> Goal {
    match context.definition(reloc.target) {
        Definition::Atom(atom, offset) if stub(slots, reloc.target).is_none() => {
            (Target::Atom(atom, offset), reloc.addend)
        }
        _ => (reloc.target, reloc.addend),
    }
}

/// Where the branch at virtual address `p` goes: to its target, to that one's stub, or to a thunk on the way.
#[inline]
pub fn branch(image: &Image<'_, '_>, reloc: &Reloc, p: u64) -> u64 {
    let target = image.branch(reloc.target).unwrap_or(0).wrapping_add_signed(reloc.addend);
    let in_reach = |address: u64| arm64::in_branch_range(address.wrapping_sub(p) as i64);
    let pools = &image.layout.pools;
    if pools.is_empty() || in_reach(target) {
        return target;
    }
    let goal = goal(&image.context, image.slots, reloc);
    let behind = pools.partition_point(|pool| pool.address <= p);
    let nearest = pools.get(behind).into_iter().chain(pools[..behind].last());
    let mut thunks = nearest.filter_map(|pool| {
        let found = pool.goals.binary_search(&goal).ok()?;
        Some(pool.address + found as u64 * THUNK_SIZE)
    });
    thunks.find(|thunk| in_reach(*thunk)).unwrap_or(target)
}

/// Writes the pools among the bytes `out`, which begin at virtual address `start`.
pub fn write(image: &Image<'_, '_>, start: u64, out: &mut [u8]) {
    let pools = &image.layout.pools;
    let first = pools.partition_point(|pool| pool.address < start);
    let end = start + out.len() as u64;
    for pool in pools[first..].iter().take_while(|pool| pool.address < end) {
        for (i, (target, addend)) in pool.goals.iter().enumerate() {
            let address = pool.address + i as u64 * THUNK_SIZE;
            let target = image.branch(*target).unwrap_or(0).wrapping_add_signed(*addend);
            arm64::thunk(&mut out[(address - start) as usize..], address, target);
        }
    }
}
