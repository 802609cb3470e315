//! `--stats`: how much of everything there was.

use super::super::gc::is_linked;
use super::super::image::Image;
use super::super::load::Content;
use super::super::open::Opened;
use std::io::Write;

/// One count a line.
pub(super) fn text(image: &Image<'_, '_>, opened: &Opened) -> Vec<u8> {
    let c = image.c;
    let (mut objects, mut members, mut libraries, mut relocations) = (0u64, (0u64, 0u64), 0u64, 0u64);
    for (f, file) in c.files.iter() {
        let live = c.numbering.is_live(f);
        members.1 += u64::from(file.member.is_some());
        members.0 += u64::from(file.member.is_some() && live);
        match &file.content {
            Content::Object(object) if live => {
                objects += 1;
                let rela = object.sections.iter().filter(|s| s.kind.get() == super::super::format::SHT_RELA);
                relocations += rela.map(|s| s.size.get() / 24).sum::<u64>();
            }
            Content::Shared(_) if live => libraries += 1,
            _ => {}
        }
    }
    let linked = c.atoms.fate.iter().filter(|fate| is_linked(**fate)).count();
    let kept = (0..c.atoms.fate.len()).filter(|atom| c.kept.contains(*atom)).count();
    let names = c.interned.ids.iter().filter(|id| **id != crate::base::ids::NONE).count();
    let read: u64 = opened.maps.iter().map(|map| map.bytes().len() as u64).sum();
    let mut text = Vec::new();
    for (count, what) in [
        (opened.maps.len() as u64, "files read"),
        (read, "bytes read"),
        (members.1, "archive members"),
        (members.0, "archive members linked"),
        (objects, "objects linked"),
        (libraries, "shared objects linked"),
        (names as u64, "global symbols in inputs"),
        (linked as u64, "input sections"),
        (kept as u64, "input sections kept"),
        (relocations, "relocations in inputs"),
        (image.frame_plan.fde_count.into(), "unwind records"),
        (image.slots.places.len() as u64, "symbols with GOT, PLT or copy"),
        (image.layout.sections.len() as u64, "output sections"),
        (image.layout.file_size, "bytes written"),
    ] {
        let _ = writeln!(text, "{count:>14} {what}");
    }
    text
}
