//! Names of shared objects: all of them, or those that the rest of the link has too.
//!
//! The C library offers 3,000 names, of which a small program wants a handful. Where a link has few names of its own,
//! these are looked up in the libraries' own hash tables, and what nobody asks for is never read: to intern all of it took
//! a fifth of the time. Cost: a hash for each name, and for each name and library two or three loads.

use super::{Kind, Slots, check_names};
use crate::args::elf::Args;
use crate::base::hash::hash_name;
use crate::base::intern::{Bins, Sorted};
use crate::base::session::Session;
use crate::base::view::Malformed;
use crate::elf::format::*;
use crate::elf::gnu_hash;
use crate::elf::load::{Content, Files};
use crate::elf::object;
use crate::elf::shared::Shared;
use std::collections::HashSet;

/// Whether names are looked up. `counts` has how many slots each file has.
pub(super) fn are_looked_up(files: &Files<'_>, counts: &[usize], args: &Args) -> bool {
    // These speak of names that no file may ask for.
    if !args.wrap.is_empty() || !args.trace_symbols.is_empty() || args.cref {
        return false;
    }
    let (mut wanted, mut offered, mut libraries) = (0, 0, 0);
    for (file, count) in files.list.iter().zip(counts) {
        match &file.content {
            Content::Shared(shared) if shared.hash_table.is_some() => {
                offered += shared.symbols.len();
                libraries += 1;
            }
            _ => wanted += count,
        }
    }
    wanted * libraries < offered
}

/// The bytes that are touched to read `slots` of names, where those of libraries are looked up.
pub(super) fn weight(files: &Files<'_>, slots: usize) -> u64 {
    let offered: usize = files.iter().filter_map(|(_, file)| Some(file.shared()?.symbols.len())).sum();
    (offered * size_of::<Sym>() + slots.saturating_sub(2 * offered) * 64) as u64
}

/// What symbol `i` of a library is to others; `None` for one that nobody can be bound to by its name alone.
fn kind(shared: &Shared<'_>, i: u32) -> Option<Kind> {
    let symbol = &shared.symbols[i as usize];
    let is_weak = symbol.bind() == STB_WEAK;
    if symbol.section.get() == SHN_UNDEF {
        Some(Kind(if is_weak { Kind::UNDEFINED_WEAK } else { Kind::UNDEFINED }))
    } else if shared.offers(i) && !shared.version(i).1 {
        Some(Kind(if is_weak { Kind::WEAK } else { Kind::STRONG }))
    } else {
        None
    }
}

/// Adds the names of a library, or only those that it wants itself and the ones after it [`look_up`] finds.
pub(super) fn name<'a>(
    shared: &Shared<'a>,
    slots: Slots<'_>,
    is_looked_up: bool,
    bins: &mut Bins<'a>,
) -> Result<(), Malformed> {
    let is_looked_up = is_looked_up && shared.hash_table.is_some();
    let mut name_bytes = 0usize;
    let first = shared.first_global;
    for i in slots.symbols(first, shared.symbols.len() - first as usize) {
        let at = i - first;
        let Some(kind) = kind(shared, i).filter(|kind| kind.is_undefined() || !is_looked_up) else { continue };
        slots.kinds[(at - slots.range.start) as usize] = kind;
        let name = shared.symbol_name(i)?;
        name_bytes += name.len();
        bins.push(name, hash_name(name), slots.base + at);
    }
    check_names(name_bytes, object::NAME_FACTOR * shared.bytes.len())
}

/// What libraries with hash tables define of the names in `groups`; `kinds` has one for each slot.
pub(super) fn look_up<'a>(
    files: &Files<'a>,
    slot_base: &[u32],
    groups: &[Sorted<'a>],
    kinds: &mut [Kind],
    shards: usize,
    cx: &Session,
) -> Sorted<'a> {
    let wanted: Vec<(&[u8], u32)> =
        groups.iter().flat_map(Sorted::names).map(|name| (name, gnu_hash::hash(name))).collect();
    let mut bins = Bins::new(shards, wanted.len());
    for (f, file) in files.iter() {
        let Some(shared) = file.shared() else { continue };
        if let Err(error) = look_up_in(shared, slot_base[f.idx()], &wanted, kinds, &mut bins) {
            files.malformed(f, &error, cx);
        }
    }
    bins.sort()
}

/// The same of one library, the first slot of which is `base`: names come with what the table calls their hash.
fn look_up_in<'a>(
    shared: &Shared<'a>,
    base: u32,
    wanted: &[(&'a [u8], u32)],
    kinds: &mut [Kind],
    bins: &mut Bins<'a>,
) -> Result<(), Malformed> {
    let Some(table) = shared.hash_table else { return Ok(()) };
    let first = shared.first_global;
    let mut take = |i: u32, name: &'a [u8]| {
        let slot = base + (i - first);
        let found = kind(shared, i).filter(|kind| kind.is_definition());
        if let Some(kind) = found.filter(|_| kinds[slot as usize] == Kind::default()) {
            kinds[slot as usize] = kind;
            bins.push(name, hash_name(name), slot);
        }
    };
    // A program that copies data of a library has to take over all of its names.
    let mut data = HashSet::new();
    for (name, hash) in wanted {
        for i in table.symbols(*hash).filter(|i| *i >= first) {
            let Some(symbol) = shared.symbols.get(i as usize).filter(|_| shared.is_called(i, name)) else { continue };
            take(i, name);
            let is_code = matches!(symbol.kind(), STT_FUNC | STT_GNU_IFUNC);
            data.extend((!is_code).then(|| symbol.value.get()));
        }
    }
    if data.is_empty() {
        return Ok(());
    }
    let mut name_bytes = 0usize;
    for i in first..shared.symbols.len() as u32 {
        if data.contains(&shared.symbols[i as usize].value.get()) {
            let name = shared.symbol_name(i)?;
            name_bytes += name.len();
            check_names(name_bytes, object::NAME_FACTOR * shared.bytes.len())?;
            take(i, name);
        }
    }
    Ok(())
}
