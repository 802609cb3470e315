//! Collects what dyld has to write: the list of fixups, sorted by address.
//!
//! Every pointer of a writable section is one, and so is every slot of the linker's own sections. A pointer in a section
//! that dyld may not write is an error. Cost: the relocations of data atoms once more, in parallel; those of code are not.

use super::definitions::Definition;
use super::fixups::{Fixup, Value};
use super::format::*;
use super::image::Image;
use super::imports::Imports;
use super::relocs::Target;
use super::sections::{Chunk, Content};
use super::slots::GotEntry;
use crate::base::ids::{AtomId, SymbolId};
use crate::base::session::Session;
use sinew_mmap::memory::prefetch;

/// All fixups of the image.
pub fn fixups(image: &Image<'_, '_>, imports: &Imports<'_>, cx: &Session) -> Vec<Fixup> {
    let _t = cx.time.phase("collect fixups");
    let mut all = Vec::new();
    for segment in &image.layout.segments {
        let writable = segment.protection & VM_PROT_WRITE != 0;
        for section in &image.layout.sections[segment.sections.clone()] {
            let is_code = section.flags & S_ATTR_PURE_INSTRUCTIONS != 0;
            match &section.content {
                Content::Chunk(chunk) => chunk_fixups(image, imports, *chunk, section.address, &mut all),
                Content::Atoms(atoms) if !section.is_zero_fill() => {
                    let blocks = cx.par.map(atoms.len().div_ceil(BLOCK), section.size, |i| {
                        let mut found = Vec::new();
                        for at in i * BLOCK..(i * BLOCK + BLOCK).min(atoms.len()) {
                            if let Some(later) = atoms.get(at + AHEAD).filter(|_| !is_code) {
                                image.context.each_name(*later, |id| ask_ahead(image, id));
                            }
                            atom(image, imports, atoms[at], writable, &mut found, cx);
                        }
                        found
                    });
                    all.reserve(blocks.iter().map(Vec::len).sum());
                    blocks.iter().for_each(|found| all.extend_from_slice(found));
                }
                _ => {}
            }
        }
    }
    debug_assert!(all.is_sorted_by_key(|f| f.address));
    all
}

/// Atoms that one job reads.
const BLOCK: usize = 512;
/// How many atoms before its turn what the relocations of one look up is asked for.
const AHEAD: usize = 4;

/// Asks for what [`symbol_value`] will read of a name.
fn ask_ahead(image: &Image<'_, '_>, id: SymbolId) {
    prefetch(&image.context.definitions.places[id.idx()]);
    image.ask_ahead(id);
}

fn chunk_fixups(image: &Image<'_, '_>, imports: &Imports<'_>, chunk: Chunk, start: u64, all: &mut Vec<Fixup>) {
    let slots = image.slots;
    let bind = |id: &SymbolId| symbol_value(image, imports, *id);
    let values: Vec<Option<Value>> = match chunk {
        Chunk::Got => {
            let value = |entry: &GotEntry| match entry {
                GotEntry::Symbol(id) => bind(id),
                GotEntry::Place(atom, offset) => Some(Value::Rebase { target: image.place(*atom, *offset) }),
            };
            slots.got.iter().map(value).collect()
        }
        Chunk::ThreadPointers => slots.tlv.iter().map(bind).collect(),
        // Until dyld has bound it, a lazy pointer points at its entry of the stub helper.
        Chunk::LazyPointers => {
            let helper = image.layout.chunk_address(Chunk::StubHelper) + super::arch::arm64::STUB_HELPER_HEADER_SIZE;
            let entry = |i| Some(Value::Rebase { target: helper + i as u64 * super::arch::arm64::STUB_HELPER_SIZE });
            (0..slots.lazy.len()).map(entry).collect()
        }
        _ => return,
    };
    let places = values.into_iter().enumerate();
    all.extend(places.filter_map(|(i, value)| Some(Fixup { address: start + i as u64 * 8, value: value? })));
}

/// What dyld writes where the address of a name is wanted; `None` for a number.
fn symbol_value(image: &Image<'_, '_>, imports: &Imports<'_>, id: SymbolId) -> Option<Value> {
    if image.context.definitions.needs_binding(id) {
        let import = imports.of(id).expect("the scan saw every use");
        return Some(Value::Bind { import, addend: 0 });
    }
    match image.context.definitions.place(id) {
        Definition::Absolute(_) => None,
        _ => image.address(Target::Symbol(id)).map(|target| Value::Rebase { target }),
    }
}

fn atom(
    image: &Image<'_, '_>,
    imports: &Imports<'_>,
    atom: AtomId,
    writable: bool,
    found: &mut Vec<Fixup>,
    cx: &Session,
) {
    let (file, _) = image.context.atoms.local(atom);
    if file.0 == 0 {
        return;
    }
    let (object, piece) = image.context.atoms.piece(image.context.files, atom);
    // The scan has refused pointers in code.
    let is_code = object.sections[piece.section as usize].flags.get() & S_ATTR_PURE_INSTRUCTIONS != 0;
    if is_code || piece.relocation_count == 0 {
        return;
    }
    let first = found.len();
    let start = image.layout.addresses[atom.idx()];
    let in_descriptor = object.sections[piece.section as usize].kind() == S_THREAD_LOCAL_VARIABLES;
    let result = image.context.each_reloc(file, object, piece, |reloc| {
        if reloc.kind != ARM64_RELOC_UNSIGNED || reloc.minus.is_some() || reloc.length != 3 {
            return Ok(());
        }
        if in_descriptor && is_template(image, reloc.target) {
            return Ok(()); // An offset in the template of thread-local variables.
        }
        let value = match reloc.target {
            Target::Symbol(id) => symbol_value(image, imports, id),
            Target::Absolute(_) => None,
            Target::Atom(..) => image.address(reloc.target).map(|target| Value::Rebase { target }),
        };
        let value = match value {
            None => return Ok(()),
            Some(Value::Rebase { target }) => Value::Rebase { target: target.wrapping_add_signed(reloc.addend) },
            Some(Value::Bind { import, addend }) => Value::Bind { import, addend: addend + reloc.addend },
        };
        if !writable {
            let (segment, name) = object.sections[piece.section as usize].full_name();
            cx.diag.error_at(
                u64::from(file.0) << 32,
                format_args!(
                    "{}: a pointer at offset 0x{:x} of {},{}, which is read-only; it belongs in __DATA,__const",
                    image.context.files[file],
                    piece.offset + u64::from(reloc.offset),
                    String::from_utf8_lossy(segment),
                    String::from_utf8_lossy(name)
                ),
            );
        }
        found.push(Fixup { address: start + u64::from(reloc.offset), value });
        Ok(())
    });
    if let Err(error) = result {
        image.context.files.malformed(file, &error, cx);
    }
    found[first..].reverse();
}

/// Whether a target lies in the template that is copied for each thread.
pub fn is_template(image: &Image<'_, '_>, target: Target) -> bool {
    let Definition::Atom(atom, _) = image.context.definition(target) else { return false };
    if image.context.atoms.local(atom).0.0 == 0 {
        return false;
    }
    let (object, piece) = image.context.atoms.piece(image.context.files, atom);
    let kind = object.sections[piece.section as usize].kind();
    matches!(kind, S_THREAD_LOCAL_REGULAR | S_THREAD_LOCAL_ZEROFILL)
}
