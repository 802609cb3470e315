//! A section that the linker writes for an object, with its atoms and relocations.

use super::super::format::*;
use super::super::object::{Object, Piece, Role};
use sinew_arena::Bump;

/// A section while it is written.
pub struct Made {
    name: (&'static [u8], &'static [u8]),
    flags: u32,
    align: u8,
    role: Role,
    /// Where it lies in its object.
    pub address: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What was cut; without the section's index.
    pub atoms: Vec<Piece>,
    /// In ascending order of addresses.
    relocations: Vec<Relocation>,
}

impl Made {
    /// An empty one at `address`. Each of its atoms has the alignment that `align` is the exponent of.
    pub fn new(name: (&'static [u8], &'static [u8]), role: Role, flags: u32, align: u8, address: u64) -> Made {
        Made { name, flags, align, role, address, bytes: Vec::new(), atoms: Vec::new(), relocations: Vec::new() }
    }

    /// Adds a relocation, at or behind all others: of `1 << length` bytes at the offset `at`. Of a pair the second comes
    /// first.
    pub fn relocate(&mut self, at: usize, kind: u8, length: u32, symbol: u32) {
        let is_relative = matches!(kind, ARM64_RELOC_BRANCH26 | ARM64_RELOC_PAGE21 | ARM64_RELOC_GOT_LOAD_PAGE21);
        let packed = symbol | u32::from(is_relative) << 24 | length << 25 | 1 << 27 | u32::from(kind) << 28;
        self.relocations.push(Relocation { address: (at as i32).into(), packed: packed.into() });
    }

    /// Makes an atom of what was written since the last one.
    pub fn cut(&mut self) {
        let last = self.atoms.last().copied().unwrap_or_default();
        let (start, done) = (last.offset + last.size, last.first_relocation + last.relocation_count);
        self.atoms.push(Piece {
            offset: start,
            size: self.bytes.len() as u64 - start,
            section: 0,
            first_relocation: done,
            relocation_count: self.relocations.len() as u32 - done,
            align: self.align,
        });
    }

    fn header(&self) -> Section {
        Section {
            name: padded(self.name.1),
            segment: padded(self.name.0),
            address: self.address.into(),
            size: (self.bytes.len() as u64).into(),
            align: u32::from(self.align).into(),
            flags: self.flags.into(),
            ..Section::default()
        }
    }
}

/// `object` with more sections behind its own. Its own atoms are `atoms` now, the first of each section `section_atoms`.
pub fn with_sections<'a>(
    object: Object<'a>,
    (mut atoms, mut section_atoms): (Vec<Piece>, Vec<u32>),
    made: &[Made],
    arena: &'a Bump,
) -> Object<'a> {
    let (mut sections, mut roles) = (object.sections.to_vec(), object.roles.to_vec());
    let (mut relocations, mut bytes) = (object.relocations.to_vec(), object.made.to_vec());
    for made in made {
        // Compilers write relocations from the last to the first.
        let count = made.relocations.len() as u32;
        let turned = |piece: &Piece| count - piece.first_relocation - piece.relocation_count;
        let section = sections.len() as u32;
        atoms.extend(made.atoms.iter().map(|p| Piece { section, first_relocation: turned(p), ..*p }));
        section_atoms.push(atoms.len() as u32);
        let descending = arena.copy(&made.relocations);
        descending.reverse();
        relocations.push(descending);
        sections.push(made.header());
        roles.push(made.role);
        bytes.push(arena.copy(&made.bytes));
    }
    Object {
        sections: arena.copy(&sections),
        roles: arena.copy(&roles),
        relocations: arena.copy(&relocations),
        made: arena.copy(&bytes),
        atoms: arena.copy(&atoms),
        section_atoms: arena.copy(&section_atoms),
        ..object
    }
}
