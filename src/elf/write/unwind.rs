//! `.eh_frame` record by record, and the sorted table of `.eh_frame_hdr` (LSB "Exception Frames").

use super::*;

impl Writer<'_, '_> {
    pub(super) fn frames(&self, files: Range<usize>, out: &mut [u8]) {
        let image = self.image;
        let section = image.layout.chunk_addr(Chunk::Frames);
        let base = image.frame_plan.files[files.start].start;
        let mut backs: Vec<(usize, u32)> = Vec::new();
        for f in files {
            let plan = &image.frame_plan.files[f];
            let file = FileId(f as u32);
            let Some(object) = image.c.files[file].object() else { continue };
            let records = &image.frames[f];
            let mut record = |s: u32, offset: u32, size: u32, rels: (u32, u32), to: u32| -> Option<usize> {
                let bytes = object.section_bytes(s).ok()?;
                let at = (to - base) as usize;
                out[at..at + size as usize].copy_from_slice(&bytes[offset as usize..(offset + size) as usize]);
                let relocations = &object.relocations(s).ok()?[rels.0 as usize..rels.1 as usize];
                let site = Site { file, object, section: s };
                let mut failures = Vec::new();
                let bytes = &mut out[at..at + size as usize];
                let place = apply::Place { bytes, addr: section + u64::from(to), start: offset.into() };
                apply::atom(image, site, relocations, place, &mut NoSink, &mut failures);
                failures.iter().for_each(|x| self.fail(site, &relocations[x.index], &x.what));
                Some(at)
            };
            for number in &plan.own_cies {
                let cie = &records.cies[*number as usize];
                record(cie.section, cie.offset, cie.size, cie.relocations, plan.cie_offsets[*number as usize]);
            }
            for (number, to) in fde_places(image, f) {
                let fde = &records.fdes[number as usize];
                if let Some(at) = record(fde.section, fde.offset, fde.size, fde.relocations, to) {
                    backs.push((at + 4, to + 4 - plan.cie_offsets[fde.cie as usize]));
                }
            }
            for (at, back) in backs.drain(..) {
                out[at..at + 4].copy_from_slice(&back.to_le_bytes());
            }
        }
    }

    /// Version, three encodings, a pointer to `.eh_frame`, the count, and a table sorted by function.
    pub(super) fn frame_header(&self, out: &mut [u8]) {
        let image = self.image;
        let (addr, frames) = (image.layout.chunk_addr(Chunk::FrameHeader), image.layout.chunk_addr(Chunk::Frames));
        let mut table: Vec<(i32, i32)> = Vec::with_capacity(image.frame_plan.fde_count as usize);
        for (f, records) in image.frames.iter().enumerate() {
            let file = FileId(f as u32);
            let Some(object) = image.c.files[file].object() else { continue };
            for (number, to) in fde_places(image, f) {
                let fde = &records.fdes[number as usize];
                let Ok(relocations) = object.relocations(fde.section) else { continue };
                let r = &relocations[fde.relocations.0 as usize];
                let site = Site { file, object, section: fde.section };
                let value = image.c.target(site, r).and_then(|t| image.value(site, t, r));
                let function = value.map_or(0, |(s, a)| s.wrapping_add(a as u64));
                let fde_addr = frames + u64::from(to);
                table.push((function.wrapping_sub(addr) as i32, fde_addr.wrapping_sub(addr) as i32));
            }
        }
        table.sort();
        // 1: version; pcrel sdata4, udata4, datarel sdata4.
        out[..4].copy_from_slice(&[1, 0x1b, 0x03, 0x3b]);
        out[4..8].copy_from_slice(&(frames.wrapping_sub(addr + 4) as u32).to_le_bytes());
        out[8..12].copy_from_slice(&(table.len() as u32).to_le_bytes());
        for (entry, (function, fde)) in out[12..].chunks_exact_mut(8).zip(&table) {
            entry[..4].copy_from_slice(&function.to_le_bytes());
            entry[4..].copy_from_slice(&fde.to_le_bytes());
        }
    }
}

/// The FDEs of a file in output order: number among its own, and output offset.
pub fn fde_places<'i>(image: &'i Image<'_, '_>, f: usize) -> impl Iterator<Item = (u32, u32)> + 'i {
    let plan = &image.frame_plan.files[f];
    let records = &image.frames[f];
    let cies: u32 = plan.own_cies.iter().map(|c| records.cies[*c as usize].size).sum();
    let mut at = plan.start + cies;
    plan.fdes.iter().map(move |number| {
        let to = at;
        at += records.fdes[*number as usize].size;
        (*number, to)
    })
}
