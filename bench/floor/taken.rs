//! Which members a link takes, which of their sections stay, and where they go. None of it is timed: the floor is
//! what touching the data costs, whatever a linker spends on deciding.
//!
//! A member is taken when something taken refers to a name that it is the first to define; of the COMDAT groups of
//! one name the first stays. That is near enough to what linkers take to have the same bytes to copy.

use std::collections::HashSet;

use crate::elf::{ET_REL, GRP_COMDAT, SHT_GROUP, SHT_RELA};
use crate::steps::Symbols;
use sinew::base::view::{Malformed, cstr, view};
use zerocopy::little_endian::U32;

/// A section that is copied to the output.
#[derive(Clone, Copy)]
pub(crate) struct Piece {
    pub(crate) object: u32,
    pub(crate) section: u32,
    /// The section of its relocations, 0 for none.
    pub(crate) relocations: u32,
    pub(crate) offset: u64,
}

/// What is copied.
pub(crate) struct Taken {
    pub(crate) object_count: usize,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) output_size: u64,
}

/// Selects members and sections; all of both if `everything`.
pub(crate) fn select(symbols: &Symbols<'_>, everything: bool, non_alloc: bool) -> Result<Taken, Malformed> {
    let taken: Vec<bool> = if everything { vec![true; symbols.objects.len()] } else { reach(symbols) };
    let mut groups = HashSet::new();
    let mut result = Taken { object_count: 0, pieces: Vec::new(), output_size: 0 };
    for (index, object) in symbols.objects.iter().enumerate() {
        if !taken[index] || object.kind != ET_REL {
            continue;
        }
        result.object_count += 1;
        let mut dropped = vec![false; object.sections.len()];
        let mut relocations = vec![0; object.sections.len()];
        for (number, section) in object.sections.iter().enumerate() {
            match section.kind.get() {
                SHT_RELA => {
                    if let Some(entry) = relocations.get_mut(section.info.get() as usize) {
                        *entry = number as u32;
                    }
                }
                SHT_GROUP => {
                    let words: &[U32] = view(object.section_bytes(section)?, 0, section.size.get() as usize / 4, "")?;
                    let [flags, members @ ..] = words else { continue };
                    let Some(signature) = object.symbols.get(section.info.get() as usize) else { continue };
                    let is_comdat = flags.get() & GRP_COMDAT != 0;
                    if is_comdat && !groups.insert(cstr(object.strings, signature.name.get())?) && !everything {
                        for member in members {
                            if let Some(entry) = dropped.get_mut(member.get() as usize) {
                                *entry = true;
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        for (number, section) in object.sections.iter().enumerate() {
            if dropped[number] || !section.is_copied(non_alloc) || section.size.get() == 0 {
                continue;
            }
            let align = section.align.get().clamp(1, 4096).next_power_of_two();
            let offset = result.output_size.next_multiple_of(align);
            let (object, section_number, relocations) = (index as u32, number as u32, relocations[number]);
            result.pieces.push(Piece { object, section: section_number, relocations, offset });
            result.output_size = offset + section.size.get();
        }
    }
    Ok(result)
}

/// From the objects that are named on the command line along undefined names.
fn reach(symbols: &Symbols<'_>) -> Vec<bool> {
    const NOBODY: u32 = u32::MAX;
    let mut owner = vec![NOBODY; symbols.names.len()];
    for (index, object) in symbols.objects.iter().enumerate() {
        for (symbol, id) in object.globals().iter().zip(symbols.ids_of(index)) {
            let owner = &mut owner[*id as usize];
            // An object that is in anyway comes before a member that would have to be fetched.
            if symbol.is_defined() && (*owner == NOBODY || symbols.lazy[*owner as usize] && !symbols.lazy[index]) {
                *owner = index as u32;
            }
        }
    }
    let mut taken: Vec<bool> = symbols.lazy.iter().map(|lazy| !lazy).collect();
    let mut work: Vec<usize> = (0..taken.len()).filter(|index| taken[*index]).collect();
    while let Some(index) = work.pop() {
        let object = &symbols.objects[index];
        if object.kind != ET_REL {
            continue;
        }
        for (symbol, id) in object.globals().iter().zip(symbols.ids_of(index)) {
            let owner = owner[*id as usize];
            if !symbol.is_defined() && !symbol.is_weak() && owner != NOBODY && !taken[owner as usize] {
                taken[owner as usize] = true;
                work.push(owner as usize);
            }
        }
    }
    taken
}
