//! Says what a relocation that is out of range runs between, and what helps.

use super::format::r_x86_64::*;
use super::format::*;
use super::image::Image;
use super::relocs::Site;

/// Lines to follow the message about `r`.
#[cold]
pub fn explain<'a>(image: &Image<'_, 'a>, site: Site<'_, 'a>, r: &Rela) -> String {
    let c = image.c;
    let place = image.atom_address(c.numbering.atom(site.file, site.section), r.offset.get());
    let value = c.target(site, r).and_then(|target| image.value(site, target, r)).map(|(value, _)| value);
    let mut text = String::new();
    if let (Some(place), Some(value)) = (place, value) {
        let name = c.target_name(site, r.symbol());
        text = format!("\n>>> the place is at 0x{place:x}, '{name}' at 0x{value:x}");
        let holds = |s: &&super::layout::OutSection<'_>| s.is_alloc() && value >= s.addr && value - s.addr < s.size;
        if let Some(section) = image.layout.sections.iter().find(holds) {
            text += &format!(" in output section {}", String::from_utf8_lossy(&section.name));
        }
    }
    text += match r.kind() {
        R_X86_64_PC32 | R_X86_64_PLT32 | R_X86_64_GOTPCREL | R_X86_64_GOTPCRELX | R_X86_64_REX_GOTPCRELX => {
            "\n>>> code reaches 2 GiB to either side: compile with -mcmodel=medium (large data) or -mcmodel=large, or place \
             the two closer together"
        }
        R_X86_64_32 | R_X86_64_32S => {
            "\n>>> the field holds a 32-bit address: compile with -fPIC or -mcmodel=large, or link at a lower address"
        }
        R_X86_64_TPOFF32 | R_X86_64_DTPOFF32 | R_X86_64_GOTTPOFF => "\n>>> there is too much thread-local data",
        _ => "",
    };
    text
}
