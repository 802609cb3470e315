//! Puts atoms in another order than that of the inputs, where the user or the format asks for it.
//!
//! SHF_LINK_ORDER sections follow the order of the sections that they describe (gABI "Section Attribute Flags"): a
//! reader searches `__patchable_function_entries` and the like by address. `--sort-section` sorts the inputs of each
//! output section. Touches only parts that need it; for most links that is none.
//! Cost: one look at each section header's flags if any file has such sections.

use super::atoms::{Atoms, Numbering};
use super::layout::Sizes;
use super::load::Files;
use super::sections;
use crate::args::elf::{Args, SortSection};
use crate::base::ids::AtomId;
use crate::base::session::Session;
use std::collections::HashMap;

/// Reorders parts and assigns the offsets in them anew.
pub fn apply(
    files: &Files<'_>,
    numbering: &Numbering,
    atoms: &Atoms<'_>,
    sizes: &mut Sizes,
    args: &Args,
    cx: &Session,
) {
    let _t = cx.time.phase("order sections");
    sort_section(files, numbering, atoms, sizes, args);
    let mut parts = std::collections::BTreeSet::new();
    let mut leaders = HashMap::new();
    for (f, object) in numbering.objects(files).filter(|(_, o)| !o.followers.is_empty()) {
        for (leader, follower) in object.followers {
            leaders.insert(numbering.atom(f, *follower), numbering.atom(f, *leader));
            let part = atoms.part[numbering.atom(f, *follower).idx()];
            parts.extend(sizes.parts.get(usize::from(part)).map(|_| part));
        }
    }
    for part in parts {
        let leader = |atom: AtomId| {
            let leader = leaders.get(&atom)?;
            let of = atoms.parts.get(usize::from(*atoms.part.get(leader.idx())?))?;
            let section = &atoms.sections[of.section as usize];
            Some((sections::code_order(section.name), of.section, of.order, sizes.offset[leader.idx()]))
        };
        let mut keyed: Vec<_> = sizes.parts[usize::from(part)].atoms.iter().map(|a| (leader(*a), *a)).collect();
        keyed.sort();
        let list = keyed.into_iter().map(|(_, atom)| atom).collect();
        reassign(files, numbering, sizes, part, list);
    }
}

/// `--sort-section=name|alignment`. Parts that have an order of their own (`.init_array.5`) keep it.
fn sort_section(files: &Files<'_>, numbering: &Numbering, atoms: &Atoms<'_>, sizes: &mut Sizes, args: &Args) {
    if args.sort_section == SortSection::None {
        return;
    }
    for part in 0..sizes.parts.len() as u16 {
        let name = atoms.sections[atoms.parts[usize::from(part)].section as usize].name;
        if sections::is_kept(name) {
            continue;
        }
        let mut list = sizes.parts[usize::from(part)].atoms.clone();
        let of = |atom: &AtomId| {
            let (file, section) = numbering.section_of(*atom);
            files[file]
                .object()
                .map(|o| (o.section_name(section).unwrap_or(b""), o.sections[section as usize].align.get()))
        };
        match args.sort_section {
            SortSection::Name => list.sort_by_key(|a| of(a).map(|(name, _)| name)),
            _ => list.sort_by_key(|a| std::cmp::Reverse(of(a).map(|(_, align)| align))),
        }
        reassign(files, numbering, sizes, part, list);
    }
}

/// Lays out `list` as the content of `part`.
fn reassign(files: &Files<'_>, numbering: &Numbering, sizes: &mut Sizes, part: u16, list: Vec<AtomId>) {
    let mut at = 0u64;
    for atom in &list {
        let (file, section) = numbering.section_of(*atom);
        // It could be read for the first order.
        let extent = files[file].object().and_then(|o| super::atoms::size_and_align(o, section).ok());
        let (size, align) = extent.unwrap_or((0, 1));
        at = at.next_multiple_of(align);
        sizes.offset[atom.idx()] = at;
        at += size;
    }
    let plan = &mut sizes.parts[usize::from(part)];
    (plan.atoms, plan.size) = (list, at);
}
