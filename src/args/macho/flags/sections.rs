//! Sections and segments: made, filled, aligned, renamed, ordered, placed.

use super::super::{CreatedSection, SegmentProtection};
use super::{Flag, switch, value, values};

pub(super) const FLAGS: &[Flag] = &[
    values(&["-sectcreate", "-segcreate"], "SEGMENT SECTION FILE", "a section that holds FILE", |l, v| {
        l.args.created_sections.push(CreatedSection { name: v[0].section(&v[1])?, file: v[2].path() });
        Ok(())
    }),
    values(&["-add_empty_section"], "SEGMENT SECTION", "an empty section", |l, v| {
        l.args.empty_sections.push(v[0].section(&v[1])?);
        Ok(())
    }),
    values(&["-sectalign"], "SEGMENT SECTION ALIGN", "alignment of a section, hexadecimal bytes", |l, v| {
        l.args.section_aligns.push((v[0].section(&v[1])?, v[2].align_log2()?));
        Ok(())
    }),
    values(&["-rename_section"], "SEGMENT SECTION SEGMENT SECTION", "give a section another name", |l, v| {
        l.args.section_renames.push((v[0].section(&v[1])?, v[2].section(&v[3])?));
        Ok(())
    }),
    values(&["-rename_segment"], "SEGMENT SEGMENT", "give a segment another name", |l, v| {
        l.args.segment_renames.push((v[0].name16()?, v[1].name16()?));
        Ok(())
    }),
    values(&["-segprot"], "SEGMENT MAX INIT", "protections of a segment: letters of rwx, or -", |l, v| {
        let protection =
            SegmentProtection { segment: v[0].name16()?, max: v[1].protection()?, init: v[2].protection()? };
        if protection.init & !protection.max != 0 {
            return Err(v[2].wrong("is more than the segment may ever become"));
        }
        l.args.segment_protections.push(protection);
        Ok(())
    }),
    values(&["-segaddr"], "SEGMENT ADDRESS", "address of a segment, hexadecimal", |l, v| {
        let address = v[1].hex()?;
        if address % 0x1000 != 0 {
            return Err(v[1].wrong("is not a multiple of the page size"));
        }
        l.args.segment_addresses.push((v[0].name16()?, address));
        Ok(())
    }),
    value(&["-segalign"], "ALIGN", "alignment of all segments, hexadecimal bytes", |l, v| {
        l.args.segment_align = Some(v.power_of_two()?);
        Ok(())
    }),
    values(&["-seg_page_size"], "SEGMENT SIZE", "the size of a segment is a multiple of this, hexadecimal", |l, v| {
        l.args.segment_page_sizes.push((v[0].name16()?, v[1].power_of_two()?));
        Ok(())
    }),
    value(&["-segment_order"], "SEGMENT:…", "segments from the first to the last", |l, v| {
        l.args.segment_order = v.names16()?;
        Ok(())
    }),
    values(&["-section_order"], "SEGMENT SECTION:…", "sections of a segment from the first to the last", |l, v| {
        let segment = v[0].name16()?;
        l.args.section_orders.retain(|(known, _)| *known != segment);
        l.args.section_orders.push((segment, v[1].names16()?));
        Ok(())
    }),
    switch(&["-data_const"], "constant data with pointers goes to __DATA_CONST (default by system)", |l, on| {
        l.args.data_const = Some(on);
    }),
    switch(&["-const_selrefs"], "so do Objective-C selector references", |l, on| l.args.const_selrefs = Some(on)),
];
