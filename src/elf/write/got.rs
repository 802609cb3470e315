//! `.got`, with its dynamic relocations, copies, and what start-up code finds for indirect functions.

use super::*;

impl Writer<'_, '_, '_> {
    /// `.got`, its relocations, copies and indirect functions.
    pub(super) fn got(&self, out: &mut [u8], relative: &mut [u8], symbolic: &mut [u8]) {
        let image = self.image;
        let mut sink = Sink { relative, symbolic };
        let mut indirect = Vec::new();
        for entry in &image.slots.got {
            self.got_entry(entry, out, &mut sink, &mut indirect);
        }
        use apply::DynamicSink;
        for copied in &image.slots.copies {
            let symbol = image.slots.global(copied.id).map_or(0, |p| p.dynsym);
            sink.symbolic(image.symbol_addr[copied.id.idx()], R_X86_64_COPY, symbol, 0);
        }
        for (place, resolver) in indirect {
            sink.symbolic(place, R_X86_64_IRELATIVE, 0, resolver as i64);
        }
    }

    fn got_entry(&self, entry: &GotEntry, out: &mut [u8], sink: &mut Sink<'_>, indirect: &mut Vec<(u64, u64)>) {
        use apply::DynamicSink;
        let image = self.image;
        let place = image.got_addr(entry.slot);
        let at = entry.slot as usize * 8;
        let linking = image.c.linking;
        let mut put =
            |slot: usize, value: u64| out[at + slot * 8..at + slot * 8 + 8].copy_from_slice(&value.to_le_bytes());
        let Some(places) = image.slots.places.get(entry.places as usize) else {
            // The module of this output: offset zero.
            if linking.shared {
                sink.symbolic(place, R_X86_64_DTPMOD64, 0, 0);
            } else {
                put(0, 1);
            }
            return;
        };
        let dynamic = places.attr.has(Attr::DYNAMIC);
        let dynsym = if places.dynsym == NONE { 0 } else { places.dynsym };
        let addr = match places.owner {
            Owner::Global(id) => image.symbol_addr[id.idx()],
            Owner::Local(file, index) => self.local_addr(file, index),
        };
        let undefined = places.attr.has(Attr::UNDEFINED_WEAK | Attr::UNDEFINED);
        let (tls, tp) = image.layout.tls;
        match entry.kind {
            GotKind::Indirect => {
                let resolver = self.resolver(places.owner);
                put(0, resolver);
                indirect.push((place, resolver));
            }
            GotKind::Address if dynamic => sink.symbolic(place, R_X86_64_GLOB_DAT, dynsym, 0),
            GotKind::Address => {
                put(0, addr);
                if linking.pic && !undefined && !places.attr.has(Attr::ABSOLUTE) && !relr::packs_got(image) {
                    sink.relative(place, addr);
                }
            }
            GotKind::TlsOffset if dynamic => sink.symbolic(place, R_X86_64_TPOFF64, dynsym, 0),
            GotKind::TlsOffset if linking.shared => {
                sink.symbolic(place, R_X86_64_TPOFF64, 0, addr.wrapping_sub(tls) as i64);
            }
            GotKind::TlsOffset => put(0, if undefined { 0 } else { addr.wrapping_sub(tp) }),
            GotKind::TlsPair if dynamic => {
                sink.symbolic(place, R_X86_64_DTPMOD64, dynsym, 0);
                sink.symbolic(place + 8, R_X86_64_DTPOFF64, dynsym, 0);
            }
            GotKind::TlsPair | GotKind::TlsModule => {
                if linking.shared {
                    sink.symbolic(place, R_X86_64_DTPMOD64, 0, 0);
                } else {
                    put(0, 1);
                }
                put(1, addr.wrapping_sub(tls));
            }
            GotKind::TlsDescriptor if dynamic => sink.symbolic(place, R_X86_64_TLSDESC, dynsym, 0),
            GotKind::TlsDescriptor => sink.symbolic(place, R_X86_64_TLSDESC, 0, addr.wrapping_sub(tls) as i64),
        }
    }

    fn local_addr(&self, file: FileId, index: u32) -> u64 {
        let Some(object) = self.image.c.files[file].object() else { return 0 };
        self.image.local_address(Site { file, object, section: 0 }, index).unwrap_or(0)
    }

    /// The function that finds the address of an indirect one: the symbol's own place, whatever its PLT entry.
    fn resolver(&self, owner: Owner) -> u64 {
        let image = self.image;
        match owner {
            Owner::Global(id) => {
                let d = image.c.definitions;
                image.atom_address(AtomId(d.atom[id.idx()]), d.value[id.idx()]).unwrap_or(0)
            }
            Owner::Local(file, index) => {
                let Some(object) = image.c.files[file].object() else { return 0 };
                let symbol = &object.symbols[index as usize];
                match object.place(index, symbol) {
                    Ok(Place::Section(section)) => {
                        let atom = image.c.numbering.atom(file, section);
                        image.atom_address(atom, symbol.value.get()).unwrap_or(0)
                    }
                    _ => 0,
                }
            }
        }
    }
}
