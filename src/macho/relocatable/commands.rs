//! The header and the load commands of an object: one segment without a name that holds all sections, and what
//! describes it. One function writes them and is asked twice, for size and for bytes.

use super::super::commands::{Part, Writer, header_of, version, with_text};
use super::super::format::*;
use super::super::layout::Layout;
use super::tail::Tail;
use crate::args::macho::Args;
use zerocopy::IntoBytes;

/// Where things are in the file; all 0 as long as the size of the commands is asked for.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Where the contents begin.
    pub contents: u64,
    /// By section: relocations, as file offset and count.
    pub relocations: Vec<(u64, u32)>,
    /// `LC_DATA_IN_CODE`.
    pub data_in_code: Part,
    /// `LC_LINKER_OPTIMIZATION_HINT`.
    pub hints: Part,
    /// The symbol table.
    pub symbols: Part,
    /// Its strings.
    pub strings: Part,
    /// `LC_UUID`.
    pub uuid: [u8; 16],
}

/// The header and the commands. `counts` are those of the symbol table's three parts.
pub fn build(layout: &Layout, tail: &Tail, places: &Places, counts: [u32; 3], args: &Args) -> Vec<u8> {
    let mut w = Writer::default();
    segment(&mut w, layout, places);
    tail.targets.iter().for_each(|target| version(&mut w, *target));
    symbols(&mut w, places, counts);
    if tail.has_uuid {
        w.put(UuidCommand { command: LC_UUID.into(), size: 24.into(), uuid: places.uuid });
    }
    if let Some(version) = args.source_version {
        w.put(SourceVersionCommand { command: LC_SOURCE_VERSION.into(), size: 16.into(), version: version.into() });
    }
    if !tail.data_in_code.is_empty() {
        w.linkedit(LC_DATA_IN_CODE, places.data_in_code);
    }
    for words in &tail.options {
        let text = words.join(&0);
        let command = LinkerOptionCommand {
            command: LC_LINKER_OPTION.into(),
            size: with_text(size_of::<LinkerOptionCommand>(), &text).into(),
            count: (words.len() as u32).into(),
        };
        w.put_text(command, &text);
    }
    if !tail.hints.is_empty() {
        w.linkedit(LC_LINKER_OPTIMIZATION_HINT, places.hints);
    }
    let header = Header {
        magic: MH_MAGIC_64.into(),
        cpu_type: CPU_TYPE_ARM64.into(),
        cpu_subtype: CPU_SUBTYPE_ARM64_ALL.into(),
        file_type: MH_OBJECT.into(),
        command_count: w.count.into(),
        commands_size: (w.bytes.len() as u32).into(),
        flags: tail.flags.into(),
        reserved: 0.into(),
    };
    [header.as_bytes(), &w.bytes].concat()
}

fn segment(w: &mut Writer, layout: &Layout, places: &Places) {
    let whole = &layout.segments[0];
    let count = layout.sections.len();
    w.put(Segment {
        command: LC_SEGMENT_64.into(),
        size: ((size_of::<Segment>() + count * size_of::<Section>()) as u32).into(),
        name: padded(&whole.name),
        address: whole.address.into(),
        vm_size: whole.vm_size.into(),
        offset: places.contents.into(),
        file_size: whole.file_size.into(),
        max_protection: whole.max_protection.into(),
        initial_protection: whole.protection.into(),
        section_count: (count as u32).into(),
        flags: 0.into(),
    });
    for (index, section) in layout.sections.iter().enumerate() {
        let mut header = header_of(section);
        if !section.is_zero_fill() {
            header.offset = ((places.contents + section.address) as u32).into();
        }
        if let Some((offset, count)) = places.relocations.get(index).filter(|(_, count)| *count > 0) {
            header.relocations_offset = (*offset as u32).into();
            header.relocation_count = (*count).into();
        }
        w.bytes.extend_from_slice(header.as_bytes());
    }
}

fn symbols(w: &mut Writer, places: &Places, [locals, external, undefined]: [u32; 3]) {
    w.put(SymtabCommand {
        command: LC_SYMTAB.into(),
        size: 24.into(),
        symbols_offset: (places.symbols.offset as u32).into(),
        symbol_count: (locals + external + undefined).into(),
        strings_offset: (places.strings.offset as u32).into(),
        strings_size: (places.strings.size as u32).into(),
    });
    w.put(DysymtabCommand {
        command: LC_DYSYMTAB.into(),
        size: 80.into(),
        local_count: locals.into(),
        first_external: locals.into(),
        external_count: external.into(),
        first_undefined: (locals + external).into(),
        undefined_count: undefined.into(),
        ..DysymtabCommand::default()
    });
}
