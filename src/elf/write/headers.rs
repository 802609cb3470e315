//! The file header, program headers and section headers (gABI, "ELF Header").

use super::*;

impl Writer<'_, '_, '_> {
    pub(super) fn headers(&self, out: &mut [u8]) {
        let layout = self.image.layout;
        let count = layout.sections.len() + 1;
        let names = layout.sections.iter().position(|s| s.regions[0].content == Content::Chunk(Chunk::Shstrtab));
        let mut ident = [0; 16];
        ident[..4].copy_from_slice(&ELFMAG);
        (ident[4], ident[5], ident[6]) = (ELFCLASS64, ELFDATA2LSB, EV_CURRENT);
        if !self.image.slots.iplt.is_empty() || self.uses_gnu_extensions() {
            ident[7] = ELFOSABI_GNU;
        }
        let with_sections = self.args.z.section_header;
        let header = Ehdr {
            ident,
            kind: if matches!(self.args.kind, OutputKind::Exec) { ET_EXEC } else { ET_DYN }.into(),
            machine: EM_X86_64.into(),
            version: 1.into(),
            entry: self.plan.entry.into(),
            phoff: 64.into(),
            shoff: if with_sections { layout.section_headers } else { 0 }.into(),
            flags: 0.into(),
            ehsize: 64.into(),
            phentsize: 56.into(),
            phnum: (layout.segments.len() as u16).into(),
            shentsize: 64.into(),
            shnum: if with_sections { count as u16 } else { 0 }.into(),
            shstrndx: if with_sections { names.map_or(0, |i| i as u16 + 1) } else { 0 }.into(),
        };
        out[..64].copy_from_slice(header.as_bytes());
        for (segment, out) in layout.segments.iter().zip(out[64..].chunks_exact_mut(56)) {
            let header = Phdr {
                kind: segment.kind.into(),
                flags: segment.flags.into(),
                offset: segment.offset.into(),
                vaddr: segment.addr.into(),
                paddr: segment.addr.into(),
                filesz: segment.file_size.into(),
                memsz: segment.memory_size.into(),
                align: segment.align.into(),
            };
            out.copy_from_slice(header.as_bytes());
        }
    }

    /// STT_GNU_IFUNC and STB_GNU_UNIQUE are not part of the generic ABI.
    fn uses_gnu_extensions(&self) -> bool {
        let image = self.image;
        let is_extension = |id: SymbolId| {
            let winner = image.c.definitions.winners[id.idx()];
            let symbols = image.c.files.list.get(winner.file().idx()).and_then(|f| f.object()).map(|o| o.symbols);
            symbols
                .and_then(|s| s.get(winner.index() as usize))
                .is_some_and(|s| s.kind() == STT_GNU_IFUNC || s.bind() == STB_GNU_UNIQUE && image.c.args.gnu_unique)
        };
        image.slots.got.iter().any(|e| e.kind == GotKind::Indirect)
            || image.dynsym.list.iter().any(|entry| is_extension(entry.id))
    }

    pub(super) fn section_headers(&self, out: &mut [u8]) {
        let layout = self.image.layout;
        let index = |chunk| layout.sections.iter().position(|s| s.regions[0].content == Content::Chunk(chunk));
        let index = |chunk| index(chunk).map_or(0, |i| i as u32 + 1);
        for (i, (section, out)) in layout.sections.iter().zip(out.chunks_exact_mut(64).skip(1)).enumerate() {
            let (link, info) = match section.regions[0].content {
                Content::Chunk(Chunk::SysvHash | Chunk::GnuHash | Chunk::Versym) => (index(Chunk::Dynsym), 0),
                Content::Chunk(Chunk::RelaDyn) => (index(Chunk::Dynsym), 0),
                Content::Chunk(Chunk::RelaPlt) => (index(Chunk::Dynsym), index(Chunk::GotPlt)),
                Content::Chunk(Chunk::Dynsym) => (index(Chunk::Dynstr), 1),
                Content::Chunk(Chunk::Dynamic) => (index(Chunk::Dynstr), 0),
                Content::Chunk(Chunk::Verdef) => (index(Chunk::Dynstr), self.image.dynsym.verdef.1),
                Content::Chunk(Chunk::Verneed) => (index(Chunk::Dynstr), self.image.dynsym.verneed.1),
                Content::Chunk(Chunk::Symtab) => (index(Chunk::Strtab), self.plan.symtab.local_count),
                Content::Emitted(table) => (index(Chunk::Symtab), self.plan.emitted.targets[table as usize] + 1),
                _ => (0, 0),
            };
            let header = Shdr {
                name: self.plan.section_names.1[i].into(),
                kind: section.kind.into(),
                flags: section.flags.into(),
                addr: section.addr.into(),
                offset: section.offset.into(),
                size: section.size.into(),
                link: link.into(),
                info: info.into(),
                align: section.align.into(),
                entsize: section.entsize.into(),
            };
            out.copy_from_slice(header.as_bytes());
        }
    }
}

/// The names of all sections and where each is.
pub fn section_names(sections: &[OutSection<'_>]) -> (Vec<u8>, Vec<u32>) {
    let mut bytes = vec![0];
    let offsets = sections.iter().map(|s| {
        let at = bytes.len() as u32;
        bytes.extend_from_slice(&s.name);
        bytes.push(0);
        at
    });
    let offsets = offsets.collect();
    (bytes, offsets)
}
