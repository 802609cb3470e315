//! `__TEXT,__objc_stubs`: a function for each selector that sends its message (`_objc_msgSend$SELECTOR`).
//!
//! clang (14 and newer, for systems that know of it) calls such a function in place of `_objc_msgSend`, and leaves it to
//! the linker to make one for each selector of the image: it loads the selector into the second argument's register.
//! What nobody defines is written here as one more object, with the selector's string in `__objc_methname` and the
//! reference to it in `__objc_selrefs`; both merge with those of other objects, and all else treats it like any input.
//! Cost: the names were found while they were interned; one look at the slots of each.

use super::super::arch::arm64::{MESSAGE_STUB_FAST, MESSAGE_STUB_SMALL};
use super::super::files::{Content, File};
use super::super::format::*;
use super::super::object::{Object, Role};
use super::super::symbols::{Interned, MESSAGE_STUB};
use super::made::{self, Made};
use crate::args::macho::ObjcStubs;
use crate::base::bitset::BitSet;
use crate::base::ids::{FileId, NONE, SymbolId};
use sinew_arena::Bump;
use std::collections::HashSet;
use std::path::Path;

/// An object with the message stubs that files of `live` call and that no file defines; `None` if there are none.
pub fn make<'a>(interned: &Interned<'a>, live: &BitSet, kind: ObjcStubs, arena: &'a Bump) -> Option<File<'a>> {
    let names = missing(interned, live);
    if names.is_empty() {
        return None;
    }
    Some(File {
        path: Path::new("<linker>"),
        member: None,
        lazy: false,
        hidden: false,
        modified: 0,
        content: Content::Made(object(&names, kind, arena)),
    })
}

/// The names to be defined, in the order in which files call them first.
fn missing<'a>(interned: &Interned<'a>, live: &BitSet) -> Vec<&'a [u8]> {
    let mut known: HashSet<u32> = HashSet::new();
    let slots = || interned.message_stubs.iter().map(|slot| *slot as usize);
    let is_undefined = |slot: &usize| interned.kinds[*slot].is_undefined();
    known.extend(slots().filter(|slot| !is_undefined(slot)).map(|slot| interned.ids[slot]));
    let file = |slot: usize| FileId(interned.slot_base.partition_point(|base| *base as usize <= slot) as u32 - 1);
    let called = slots().filter(is_undefined).filter(|slot| live.contains(file(*slot).idx()));
    let new = called.map(|slot| interned.ids[slot]).filter(|id| known.insert(*id));
    new.map(|id| interned.names.name(SymbolId(id))).collect()
}

/// The symbol that all stubs go to: the first of the table.
const MESSENGER: u32 = 0;

/// An object that defines the stubs called `names`. Behind [`MESSENGER`] it has three symbols for each: the selector's
/// string, the reference to it, and the stub.
fn object<'a>(names: &[&[u8]], kind: ObjcStubs, arena: &'a Bump) -> Object<'a> {
    let (code, calls, align): (&[u32], &[u8], u8) = match kind {
        ObjcStubs::Fast => (&MESSAGE_STUB_FAST, &[ARM64_RELOC_GOT_LOAD_PAGE21, ARM64_RELOC_GOT_LOAD_PAGEOFF12], 5),
        ObjcStubs::Small => (&MESSAGE_STUB_SMALL, &[ARM64_RELOC_BRANCH26], 2),
    };
    let count = names.len() as u64;
    let stubs_end = (count * size_of_val(code) as u64).next_multiple_of(8);
    let code_flags = S_ATTR_PURE_INSTRUCTIONS | S_ATTR_SOME_INSTRUCTIONS;
    let mut stubs = Made::new((b"__TEXT", b"__objc_stubs"), Role::Regular, code_flags, align, 0);
    let references = (&b"__DATA"[..], &b"__objc_selrefs"[..]);
    let mut references = Made::new(references, Role::Literals(8), S_LITERAL_POINTERS, 3, stubs_end);
    let strings = (&b"__TEXT"[..], &b"__objc_methname"[..]);
    let mut selectors = Made::new(strings, Role::Strings, S_CSTRING_LITERALS, 0, stubs_end + count * 8);

    // Names at 1 and 3: of labels that no symbol table shows, and of what is called.
    let mut strings = b"\0l\0_objc_msgSend\0".to_vec();
    let symbol = |name: usize, kind: u8, section: u8, value: u64| {
        let (name, value) = ((name as u32).into(), value.into());
        Nlist { name, kind, section, value, ..Nlist::default() }
    };
    let mut symbols = vec![symbol(3, N_UNDF | N_EXT, NO_SECT, 0)];
    let mut symbol_atoms = vec![NONE];
    for (i, name) in (0u32..).zip(names) {
        let string = symbols.len() as u32;
        symbols.push(symbol(1, N_SECT, 3, selectors.address + selectors.bytes.len() as u64));
        selectors.bytes.extend_from_slice(&name[MESSAGE_STUB.len()..]);
        selectors.bytes.push(0);
        selectors.cut();
        symbols.push(symbol(1, N_SECT, 2, references.address + references.bytes.len() as u64));
        references.relocate(references.bytes.len(), ARM64_RELOC_UNSIGNED, 3, string);
        references.bytes.extend_from_slice(&[0; 8]);
        references.cut();
        let at = stubs.bytes.len();
        symbols.push(symbol(strings.len(), N_SECT | N_EXT | N_PEXT, 1, at as u64));
        strings.extend_from_slice(name);
        strings.push(0);
        let loads = [(ARM64_RELOC_PAGE21, string + 1), (ARM64_RELOC_PAGEOFF12, string + 1)];
        let calls = calls.iter().map(|kind| (*kind, MESSENGER));
        for (i, (kind, symbol)) in loads.into_iter().chain(calls).enumerate() {
            stubs.relocate(at + i * 4, kind, 2, symbol);
        }
        stubs.bytes.extend(code.iter().flat_map(|instruction| instruction.to_le_bytes()));
        stubs.cut();
        let count = names.len() as u32;
        symbol_atoms.extend([count * 2 + i, count + i, i]);
    }
    let strings = &*arena.copy(&strings);
    let empty = Object {
        bytes: strings,
        cpu_subtype: CPU_SUBTYPE_ARM64_ALL,
        sections: &[],
        roles: &[],
        made: &[],
        relocations: &[],
        symbols: arena.copy(&symbols),
        strings,
        atoms: &[],
        section_atoms: &[],
        symbol_atoms: arena.copy(&symbol_atoms),
        has_cold: false,
        subsections_via_symbols: true,
        linker_options: &[],
        data_in_code: &[],
        hints: &[],
        platform: None,
    };
    made::with_sections(empty, (Vec::new(), vec![0]), &[stubs, references, selectors], arena)
}
