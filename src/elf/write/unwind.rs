//! `.eh_frame` record by record, and the sorted table of `.eh_frame_hdr` (LSB "Exception Frames").

use super::*;

/// An entry of the table: function and FDE, both relative to the section that the table is in.
type Entry = (i32, i32);

/// The table of `.eh_frame_hdr`. The jobs that write `.eh_frame` collect its entries, since they have read what names the
/// functions; the last of them writes it.
#[derive(Default)]
pub(super) struct FrameTable<'o> {
    is_wanted: bool,
    waiting: Mutex<Waiting<'o>>,
}

#[derive(Default)]
struct Waiting<'o> {
    entries: Vec<Entry>,
    expected: usize,
    job: Option<Job<'o>>,
}

impl<'o> FrameTable<'o> {
    /// Keeps the job that writes a table of `expected` entries, if there is one among `jobs`, until these are known.
    pub(super) fn new(mut jobs: Vec<Job<'o>>, expected: u32) -> (Vec<Job<'o>>, Self) {
        let expected = expected as usize;
        let job = jobs.iter().position(|j| matches!(j.what, What::Chunk(Chunk::FrameHeader)) && expected > 0);
        let job = job.map(|at| jobs.remove(at));
        let (is_wanted, entries) = (job.is_some(), Vec::with_capacity(job.as_ref().map_or(0, |_| expected)));
        (jobs, FrameTable { is_wanted, waiting: Mutex::new(Waiting { entries, expected, job }) })
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting<'o>> {
        self.waiting.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// The job that writes the table, once, when nothing misses.
    pub(super) fn complete(&self) -> Option<Job<'o>> {
        let mut waiting = self.waiting();
        if waiting.entries.len() == waiting.expected { waiting.job.take() } else { None }
    }
}

/// Contents and relocations of the section that the last record came from: nearly always that of the next.
#[derive(Clone, Copy, Default)]
struct Source<'a> {
    section: u32,
    bytes: &'a [u8],
    relocations: &'a [Rela],
}

impl<'a> Writer<'_, 'a, '_> {
    /// Writes every byte of `out`.
    pub(super) fn frames(&self, shares: Range<usize>, out: &mut [u8]) {
        let image = self.image;
        let section = image.layout.chunk_addr(Chunk::Frames);
        let header = image.layout.chunk_addr(Chunk::FrameHeader);
        let shares = &image.frame_plan.shares[shares];
        let base = shares.first().map_or(0, |share| share.start);
        let mut entries = Vec::new();
        for share in shares {
            let file = share.file;
            let Some(object) = image.c.files[file].object() else { continue };
            let (records, cie_offsets) = (&image.frames[file.idx()], &image.frame_plan.cie_offsets[file.idx()]);
            let mut source = Source::default();
            // An FDE's second word is its distance from its CIE, which is at `cie`.
            let mut record = |s: u32, offset: u32, size: u32, rels: (u32, u32), to: u32, cie: Option<u32>| {
                if s != source.section {
                    // Records were found in both: they can be read.
                    let (bytes, relocations) = (object.section_bytes(s), object.relocations(s));
                    source = Source {
                        section: s,
                        bytes: bytes.unwrap_or_default(),
                        relocations: relocations.unwrap_or_default(),
                    };
                }
                let at = (to - base) as usize;
                let bytes = &mut out[at..at + size as usize];
                bytes.copy_from_slice(&source.bytes[offset as usize..(offset + size) as usize]);
                let relocations = &source.relocations[rels.0 as usize..rels.1 as usize];
                let site = Site { file, object, section: s };
                let mut failures = Vec::new();
                let place = apply::Place { bytes, addr: section + u64::from(to), start: offset.into() };
                apply::atom(image, site, relocations, place, &mut NoSink, &mut failures);
                failures.iter().for_each(|x| self.fail(site, &relocations[x.index], &x.what));
                if let Some(cie) = cie {
                    out[at + 4..at + 8].copy_from_slice(&(to + 4 - cie).to_le_bytes());
                }
                relocations.first()
            };
            for number in &share.own_cies {
                let cie = &records.cies[*number as usize];
                record(cie.section, cie.offset, cie.size, cie.relocations, cie_offsets[*number as usize], None);
            }
            for (number, to) in image.frame_plan.fdes(share, records) {
                let fde = &records.fdes[number as usize];
                let cie = cie_offsets[fde.cie as usize];
                let first = record(fde.section, fde.offset, fde.size, fde.relocations, to, Some(cie));
                if self.table.is_wanted {
                    let site = Site { file, object, section: fde.section };
                    let function = first.map_or(0, |r| self.function(site, r));
                    let fde = section + u64::from(to);
                    entries.push((function.wrapping_sub(header) as i32, fde.wrapping_sub(header) as i32));
                }
            }
        }
        if self.table.is_wanted {
            entries.sort();
            self.table.waiting().entries.append(&mut entries);
        }
    }

    /// The address of the function that an FDE's first relocation names.
    fn function(&self, site: Site<'_, 'a>, r: &Rela) -> u64 {
        let image = self.image;
        let near = image.near.of(site.file).get(r.symbol() as usize);
        near.and_then(|value| image.near_address(*value, r.addend())).unwrap_or_else(|| {
            let value = image.c.target(site, r).and_then(|t| image.value(site, t, r));
            value.map_or(0, |(s, a)| s.wrapping_add(a as u64))
        })
    }

    /// Version, three encodings, a pointer to `.eh_frame`, the count, and a table sorted by function.
    pub(super) fn frame_header(&self, out: &mut [u8]) {
        let layout = self.image.layout;
        let (addr, frames) = (layout.chunk_addr(Chunk::FrameHeader), layout.chunk_addr(Chunk::Frames));
        let mut table = std::mem::take(&mut self.table.waiting().entries);
        // Each job has sorted its own, and most follow each other: the sort finds such runs.
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
