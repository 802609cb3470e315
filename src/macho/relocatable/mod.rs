//! `-r`: several objects become one, to be linked again later.
//!
//! Names are resolved and literals merged as in any link; nothing is bound, libraries are not asked. Atoms of one section
//! name stand behind each other, symbols and relocations move with them, and unwind tables are left as objects have them.
//! What the final link decides stays open: tentative definitions, undefined and weak names. Private external names, which
//! no other object can ask for any more, become local (`-keep_private_externs`).
//!
//! Format: `mach-o/loader.h`, `mach-o/reloc.h`; behaviour: Apple's `ld(1)`, "-r". Cost: one parallel walk each over
//! relocations, symbols and unwind tables; then jobs that copy bytes and relocations.

pub mod commands;
pub mod references;
pub mod sections;
pub mod symbols;
pub mod tail;
pub mod unwind;
pub mod write;

use super::image::Image;
use super::load::Loaded;
use super::open::Rounds;
use super::relocs::Needs;
use super::sections::{Chunk, by_atom};
use super::symbols::Resolved;
use super::{atoms, check, dead_strip, definitions, exports, image_info, literals, own, reports, slots};
use crate::args::macho::Args;
use crate::base::diag::Reported;
use crate::base::ids::{AtomId, FileId};
use crate::base::session::Session;
use sinew_mmap::output::Leftover;

/// Writes one object.
pub fn link(
    loaded: &Loaded<'_>,
    resolved: Resolved,
    rounds: &Rounds,
    args: &Args,
    cx: &Session,
) -> Result<Leftover, Reported> {
    let Loaded { files, interned, live, .. } = loaded;
    let said = resolved.said.clone();
    let own = own::provide(files, interned, live, &resolved, args, cx);
    let mut atoms = atoms::assign(files, live, own.commons, interned, &resolved, cx);
    literals::merge_bytes(&mut atoms, files, live, cx);
    if !args.define_commons {
        atoms.of(FileId(0)).for_each(|common| _ = atoms.kept.remove(common as usize));
    }
    let (exportable, interposable) = (exports::exportable(args, cx)?, exports::interposable(args, cx)?);
    let definitions = definitions::compute(
        definitions::Sources {
            files,
            interned,
            resolved,
            atoms: &atoms,
            own: own.names,
            boundaries: own.boundaries,
            exports: &exportable,
            interposable: &interposable,
        },
        args,
        cx,
    );
    cx.diag.checkpoint()?;

    // Keep: everything but what others stand for, unless -dead_strip asks for what exported names need.
    atoms.fold_all(literals::equal_pointers(&loaded.context(args, &definitions, &atoms), cx));
    if args.dead_strip {
        let records = super::unwind::parse(&loaded.context(args, &definitions, &atoms), cx)?;
        atoms.kept = dead_strip::mark(&loaded.context(args, &definitions, &atoms), &records, &exportable, cx);
    }
    let context = loaded.context(args, &definitions, &atoms);
    let tables = unwind::read(&context, cx)?;
    let named = references::mark(&context, &tables, cx)?;

    // Plan: which bytes go where. Places in the object are final below this block.
    let image_info = image_info::merge(&context, cx)?;
    let chunks = [
        (Chunk::CompactUnwind, tables.compact_size),
        (Chunk::EhFrame, tables.frame_size),
        (Chunk::ImageInfo, image_info.len() as u64),
    ];
    let layout = sections::place(&context, &chunks, loaded.target, cx)?;
    let none = Needs { symbols: vec![0; interned.names.len()], ..Needs::default() };
    let slots = slots::assign(&context, &none, false, cx)?;
    let image = Image::new(context, layout, &slots, cx);
    let section_of = by_atom(&image.layout.sections, atoms.len());
    let sources = symbols::Sources { image: &image, section_of: &section_of, named: &named, said: &said };
    let table = symbols::plan(&sources, cx)?;
    let made = unwind::write(&image, &section_of, (&tables, &table), cx)?;
    let tail = tail::build(&image, &table, cx)?;

    // Write: contents and relocations by job; the file appears whole, or not at all.
    let plan = write::Plan { image: &image, section_of: &section_of, table: &table, made: &made, info: &image_info };
    let leftover = write::all(&plan, &tail, cx)?;
    check::unchanged(rounds, cx)?;
    reports::finished(&image, loaded, rounds, cx)?;
    Ok(leftover)
}

/// Where a place of the inputs went. Code that a better definition replaced need not have what the better one has: then
/// it is that one's beginning, as nothing but the replaced code can mean the place.
fn placed(image: &Image<'_, '_>, atom: AtomId, offset: u64) -> u64 {
    let atoms = image.context.atoms;
    let canonical = atoms.canonical(atom);
    let is_outside = canonical != atom && offset > atoms.size(image.context.files, canonical);
    image.layout.addresses[canonical.idx()].wrapping_add(if is_outside { 0 } else { offset })
}
