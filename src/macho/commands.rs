//! The header and the load commands: what the kernel and dyld read first.
//!
//! One function writes them, and is asked twice: before layout for their size, with everything that is not yet known as
//! zero, and after it for their bytes. So the two cannot disagree. Order follows Apple's linker.

use super::definitions::flag;
use super::files::Files;
use super::format::*;
use super::image::Image;
use super::imports::Imports;
use super::layout::{self, OutSegment};
use super::relocs::{self, Context};
use super::sections::OutSection;
use crate::args::macho::{Args, OutputKind, Platform, Target, Uuid, Version};
use crate::base::ids::SymbolId;
use zerocopy::{FromZeros, Immutable, IntoBytes};

/// A piece of `__LINKEDIT`: file offset and bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Part {
    /// File offset.
    pub offset: u64,
    /// Bytes.
    pub size: u64,
}

/// Where the pieces of `__LINKEDIT` are.
#[derive(Debug, Clone, Copy, Default)]
#[allow(missing_docs)]
pub struct Linkedit {
    pub rebase: Part,
    pub bind: Part,
    pub weak_bind: Part,
    pub lazy_bind: Part,
    pub chained_fixups: Part,
    pub exports: Part,
    pub function_starts: Part,
    pub data_in_code: Part,
    pub symbols: Part,
    pub indirect: Part,
    pub strings: Part,
    pub signature: Part,
    /// Locals, exported definitions, undefined ones: how many symbols of each.
    pub counts: [u32; 3],
}

/// What the load commands say.
#[derive(Clone, Copy)]
pub struct Facts<'x, 'a> {
    /// The command line.
    pub args: &'x Args,
    /// Platform and versions.
    pub target: Target,
    /// Libraries.
    pub files: &'x Files<'a>,
    /// Their order.
    pub imports: &'x Imports<'a>,
    /// Segments; before layout none, and sections tell how many there will be.
    pub segments: &'x [OutSegment],
    /// Sections.
    pub sections: &'x [OutSection],
    /// `MH_*` beside those that follow from the command line.
    pub flags: u32,
    /// Whether fixups are chained.
    pub chained: bool,
    /// Whether the output is signed.
    pub signed: bool,
    /// Pieces of `__LINKEDIT`.
    pub linkedit: Linkedit,
    /// File offset of the entry point.
    pub entry: u64,
    /// `LC_UUID`.
    pub uuid: [u8; 16],
    /// `-init`: virtual address.
    pub init: Option<u64>,
}

/// What is decided before anything has an address.
#[derive(Clone, Copy)]
pub struct Choices {
    /// `MH_*` that follow from the image.
    pub flags: u32,
    /// Whether fixups are chained.
    pub chained: bool,
    /// Whether the output is signed.
    pub signed: bool,
}

impl<'x, 'a> Facts<'x, 'a> {
    /// Nothing has a place yet.
    pub fn new(
        args: &'x Args,
        target: Target,
        files: &'x Files<'a>,
        imports: &'x Imports<'a>,
        Choices { flags, chained, signed }: Choices,
    ) -> Facts<'x, 'a> {
        let (segments, sections, linkedit): (&[_], &[_], _) = (&[], &[], Linkedit::default());
        let (entry, uuid, init) = (0, [0; 16], None);
        Facts { args, target, files, imports, segments, sections, flags, chained, signed, linkedit, entry, uuid, init }
    }

    /// Everything has its place. `entry` is where the program starts.
    pub fn placed(self, image: &'x Image<'x, 'a>, linkedit: Linkedit, entry: Option<SymbolId>) -> Facts<'x, 'a> {
        let address = |id: SymbolId| image.branch(relocs::Target::Symbol(id));
        let entry = entry.and_then(address).map_or(0, |address| image.layout.file_offset(address));
        let init = self.args.init.as_ref().and_then(|name| image.context.interned.names.find(name)).and_then(address);
        let (segments, sections) = (&image.layout.segments[..], &image.layout.sections[..]);
        Facts { segments, sections, linkedit, entry, init, ..self }
    }
}

/// Load commands as they are written.
#[derive(Debug, Default)]
pub struct Writer {
    /// Their bytes.
    pub bytes: Vec<u8>,
    /// How many there are.
    pub count: u32,
}

impl Writer {
    /// A command without text behind it.
    pub fn put<T: IntoBytes + Immutable>(&mut self, command: T) {
        self.bytes.extend_from_slice(command.as_bytes());
        self.count += 1;
    }

    /// A command with a string behind it, padded to eight bytes.
    pub fn put_text<T: IntoBytes + Immutable>(&mut self, command: T, text: &[u8]) {
        self.put(command);
        self.bytes.extend_from_slice(text);
        self.bytes.push(0);
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
    }

    /// A command that says where a piece of the file is.
    pub fn linkedit(&mut self, command: u32, part: Part) {
        let (offset, size) = ((part.offset as u32).into(), (part.size as u32).into());
        self.put(LinkeditCommand { command: command.into(), size: 16.into(), data_offset: offset, data_size: size });
    }
}

/// Bytes of a command of `fixed` bytes with `text` behind it.
pub fn with_text(fixed: usize, text: &[u8]) -> u32 {
    (fixed + text.len() + 1).next_multiple_of(8) as u32
}

/// The header and the commands.
pub fn build(facts: &Facts<'_, '_>) -> Vec<u8> {
    let mut w = Writer { bytes: Vec::with_capacity(4096), count: 0 };
    segments(&mut w, facts);
    let args = facts.args;
    if args.kind == OutputKind::Dylib {
        let name = args.install_name();
        w.put_text(dylib(LC_ID_DYLIB, &name, args.current_version.0, args.compatibility_version.0, 1), &name);
    }
    linkedit(&mut w, facts);
    if args.kind == OutputKind::Execute {
        let text = b"/usr/lib/dyld";
        w.put_text(text_command(LC_LOAD_DYLINKER, text), text);
    }
    if args.uuid != Uuid::None {
        w.put(UuidCommand { command: LC_UUID.into(), size: 24.into(), uuid: facts.uuid });
    }
    version(&mut w, facts.target);
    if let Some(variant) = args.target_variant {
        version(&mut w, variant);
    }
    if let Some(version) = args.source_version {
        w.put(SourceVersionCommand { command: LC_SOURCE_VERSION.into(), size: 16.into(), version: version.into() });
    }
    if args.kind == OutputKind::Execute {
        let (entry_offset, stack_size) = (facts.entry.into(), args.stack_size.into());
        w.put(EntryPointCommand { command: LC_MAIN.into(), size: 24.into(), entry_offset, stack_size });
    }
    if let Some(address) = facts.init {
        // `routines_command_64`: the address, the module, and six reserved words.
        let words = [u64::from(LC_ROUTINES_64) | 72 << 32, address, 0, 0, 0, 0, 0, 0, 0];
        words.iter().for_each(|word| w.bytes.extend_from_slice(&word.to_le_bytes()));
        w.count += 1;
    }
    umbrella(&mut w, args);
    libraries(&mut w, facts);
    for path in &args.rpaths {
        w.put_text(text_command(LC_RPATH, path), path);
    }
    for setting in &args.dyld_env {
        w.put_text(text_command(LC_DYLD_ENVIRONMENT, setting), setting);
    }
    code(&mut w, facts);
    let mut header = Header::new_zeroed();
    header.magic = MH_MAGIC_64.into();
    header.cpu_type = CPU_TYPE_ARM64.into();
    header.cpu_subtype = CPU_SUBTYPE_ARM64_ALL.into();
    header.file_type = match args.kind {
        OutputKind::Execute => MH_EXECUTE,
        OutputKind::Dylib => MH_DYLIB,
        OutputKind::Bundle => MH_BUNDLE,
        OutputKind::Relocatable => MH_OBJECT,
    }
    .into();
    header.command_count = w.count.into();
    header.commands_size = (w.bytes.len() as u32).into();
    header.flags = (facts.flags | flags_of(args, facts)).into();
    let mut bytes = header.as_bytes().to_vec();
    bytes.append(&mut w.bytes);
    bytes
}

fn flags_of(args: &Args, facts: &Facts<'_, '_>) -> u32 {
    let on = |set: bool, flag: u32| if set { flag } else { 0 };
    let dylib = args.kind == OutputKind::Dylib;
    let reexports = facts.imports.libraries.iter().any(|f| facts.files[*f].library().is_some_and(|l| l.load.reexport));
    MH_DYLDLINK
        // What is left to dyld does not count as undefined where names come with their libraries.
        | on(!args.flat_namespace, MH_TWOLEVEL | MH_NOUNDEFS)
        | on(args.force_flat_namespace && args.kind == OutputKind::Execute, MH_FORCE_FLAT)
        | on(args.kind == OutputKind::Execute, MH_PIE)
        | on(dylib && !reexports, MH_NO_REEXPORTED_DYLIBS)
        | on(dylib && args.mark_dead_strippable, MH_DEAD_STRIPPABLE_DYLIB)
        | on(dylib && args.application_extension, MH_APP_EXTENSION_SAFE)
        | on(args.bind_at_load && !facts.chained, MH_BINDATLOAD)
        | on(args.root_safe, MH_ROOT_SAFE)
        | on(args.setuid_safe, MH_SETUID_SAFE)
        | on(args.simulator_support, MH_SIM_SUPPORT)
        | on(args.allow_stack_execute && args.kind == OutputKind::Execute, MH_ALLOW_STACK_EXECUTION)
}

fn text_command(command: u32, text: &[u8]) -> StringCommand {
    let fixed = size_of::<StringCommand>();
    StringCommand { command: command.into(), size: with_text(fixed, text).into(), string_offset: (fixed as u32).into() }
}

/// Apple's linker writes 1 as the time of its own identity, 2 as that of others.
fn dylib(command: u32, name: &[u8], current: u32, compatibility: u32, timestamp: u32) -> DylibCommand {
    let fixed = size_of::<DylibCommand>();
    DylibCommand {
        command: command.into(),
        size: with_text(fixed, name).into(),
        name_offset: (fixed as u32).into(),
        timestamp: timestamp.into(),
        current_version: current.into(),
        compatibility_version: compatibility.into(),
    }
}

fn segments(w: &mut Writer, facts: &Facts<'_, '_>) {
    for segment in facts.segments {
        let sections = &facts.sections[segment.sections.clone()];
        let size = size_of::<Segment>() + sections.len() * size_of::<Section>();
        w.put(Segment {
            command: LC_SEGMENT_64.into(),
            size: (size as u32).into(),
            name: padded(&segment.name),
            address: segment.address.into(),
            vm_size: segment.vm_size.into(),
            offset: segment.offset.into(),
            file_size: segment.file_size.into(),
            max_protection: segment.max_protection.into(),
            initial_protection: segment.protection.into(),
            section_count: (sections.len() as u32).into(),
            flags: segment.flags.into(),
        });
        sections.iter().for_each(|section| w.bytes.extend_from_slice(header_of(section).as_bytes()));
    }
}

/// What a segment says of a section.
pub fn header_of(section: &OutSection) -> Section {
    let stub_size =
        if section.flags & SECTION_TYPE == S_SYMBOL_STUBS { super::arch::arm64::STUB_SIZE as u32 } else { 0 };
    Section {
        name: padded(&section.name.1),
        segment: padded(&section.name.0),
        address: section.address.into(),
        size: section.size.into(),
        offset: (section.offset as u32).into(),
        align: u32::from(section.align).into(),
        relocations_offset: 0.into(),
        relocation_count: 0.into(),
        flags: section.flags.into(),
        reserved1: section.first_indirect.into(),
        reserved2: stub_size.into(),
        reserved3: 0.into(),
    }
}

fn linkedit(w: &mut Writer, facts: &Facts<'_, '_>) {
    let parts = &facts.linkedit;
    if facts.chained {
        w.linkedit(LC_DYLD_CHAINED_FIXUPS, parts.chained_fixups);
        w.linkedit(LC_DYLD_EXPORTS_TRIE, parts.exports);
    } else {
        let both = |part: Part| ((part.offset as u32).into(), (part.size as u32).into());
        let (rebase_offset, rebase_size) = both(parts.rebase);
        let (bind_offset, bind_size) = both(parts.bind);
        let (weak_bind_offset, weak_bind_size) = both(parts.weak_bind);
        let (lazy_bind_offset, lazy_bind_size) = both(parts.lazy_bind);
        let (export_offset, export_size) = both(parts.exports);
        w.put(DyldInfoCommand {
            command: LC_DYLD_INFO_ONLY.into(),
            size: 48.into(),
            rebase_offset,
            rebase_size,
            bind_offset,
            bind_size,
            weak_bind_offset,
            weak_bind_size,
            lazy_bind_offset,
            lazy_bind_size,
            export_offset,
            export_size,
        });
    }
    let [locals, externals, undefined] = parts.counts;
    w.put(SymtabCommand {
        command: LC_SYMTAB.into(),
        size: 24.into(),
        symbols_offset: (parts.symbols.offset as u32).into(),
        symbol_count: (locals + externals + undefined).into(),
        strings_offset: (parts.strings.offset as u32).into(),
        strings_size: (parts.strings.size as u32).into(),
    });
    w.put(DysymtabCommand {
        command: LC_DYSYMTAB.into(),
        size: 80.into(),
        local_count: locals.into(),
        first_external: locals.into(),
        external_count: externals.into(),
        first_undefined: (locals + externals).into(),
        undefined_count: undefined.into(),
        indirect_offset: (parts.indirect.offset as u32).into(),
        indirect_count: ((parts.indirect.size / 4) as u32).into(),
        ..DysymtabCommand::default()
    });
}

/// What the output is for: `LC_BUILD_VERSION`, or `LC_VERSION_MIN_*` for systems that know no other.
pub fn version(w: &mut Writer, target: Target) {
    // Systems before these know only the older command.
    let old = match target.platform {
        Platform::MACOS if target.min < Version::new(10, 14) => Some(LC_VERSION_MIN_MACOSX),
        Platform::IOS if target.min < Version::new(12, 0) => Some(LC_VERSION_MIN_IPHONEOS),
        Platform::TVOS if target.min < Version::new(12, 0) => Some(LC_VERSION_MIN_TVOS),
        Platform::WATCHOS if target.min < Version::new(5, 0) => Some(LC_VERSION_MIN_WATCHOS),
        _ => None,
    };
    let (min, sdk) = (target.min.0, target.sdk.0);
    if let Some(command) = old {
        w.put(VersionMinCommand { command: command.into(), size: 16.into(), version: min.into(), sdk: sdk.into() });
        return;
    }
    w.put(BuildVersionCommand {
        command: LC_BUILD_VERSION.into(),
        size: 32.into(),
        platform: target.platform.0.into(),
        min_os: min.into(),
        sdk: sdk.into(),
        tool_count: 1.into(),
    });
    w.bytes.extend_from_slice(BuildTool { tool: TOOL_LD.into(), version: TOOL_VERSION.into() }.as_bytes());
}

/// What `LC_BUILD_VERSION` says of the linker: this one's version, packed.
const TOOL_VERSION: u32 = 1 << 8;

fn umbrella(w: &mut Writer, args: &Args) {
    if args.kind != OutputKind::Dylib {
        return;
    }
    args.umbrella.iter().for_each(|name| w.put_text(text_command(LC_SUB_FRAMEWORK, name), name));
    args.sub_umbrellas.iter().for_each(|name| w.put_text(text_command(LC_SUB_UMBRELLA, name), name));
    args.sub_libraries.iter().for_each(|name| w.put_text(text_command(LC_SUB_LIBRARY, name), name));
    args.allowable_clients.iter().for_each(|name| w.put_text(text_command(LC_SUB_CLIENT, name), name));
}

fn libraries(w: &mut Writer, facts: &Facts<'_, '_>) {
    for (file, weak) in facts.imports.libraries.iter().zip(&facts.imports.weak) {
        let library = facts.files[*file].library().expect("only libraries have ordinals");
        let command = match library.load {
            load if load.reexport && facts.args.kind == OutputKind::Dylib => LC_REEXPORT_DYLIB,
            load if load.upward => LC_LOAD_UPWARD_DYLIB,
            load if load.weak || *weak => LC_LOAD_WEAK_DYLIB,
            _ => LC_LOAD_DYLIB,
        };
        let (current, compatibility) = (library.current_version, library.compatibility_version);
        w.put_text(dylib(command, library.install_name, current, compatibility, 2), library.install_name);
    }
}

/// What describes the code: for profilers, debuggers, disassemblers; and the signature.
fn code(w: &mut Writer, facts: &Facts<'_, '_>) {
    if facts.args.function_starts() {
        w.linkedit(LC_FUNCTION_STARTS, facts.linkedit.function_starts);
    }
    if facts.args.data_in_code() {
        w.linkedit(LC_DATA_IN_CODE, facts.linkedit.data_in_code);
    }
    if facts.args.encryptable(facts.target)
        && let Some(text) = facts.segments.iter().find(|s| s.name == b"__TEXT")
    {
        let pages = text.file_size.saturating_sub(1 << 14) as u32;
        w.put(EncryptionInfoCommand {
            command: LC_ENCRYPTION_INFO_64.into(),
            size: 24.into(),
            offset: (1 << 14).into(),
            data_size: pages.into(),
            ..EncryptionInfoCommand::default()
        });
    }
    if facts.signed {
        w.linkedit(LC_CODE_SIGNATURE, facts.linkedit.signature);
    }
}

/// Bytes that the header will take before these sections, with the room that the command line asks for behind it.
pub fn size(facts: &Facts<'_, '_>, sections: &[OutSection]) -> u64 {
    let segments = &layout::outline(sections, facts.args)[..];
    let init = facts.args.init.as_ref().map(|_| 0);
    let exact = build(&Facts { segments, sections, init, ..*facts }).len() as u64;
    let mut wanted = exact + facts.args.headerpad;
    if facts.args.headerpad_max_install_names {
        // Each library's name may grow to the longest path there is.
        let names = facts.imports.libraries.len() as u64 + u64::from(facts.args.kind == OutputKind::Dylib);
        wanted = wanted.max(exact + names * 1024);
    }
    wanted
}

/// `MH_*` that follow from what the image defines and uses.
pub fn flags(context: &Context<'_, '_>, imports: &Imports<'_>, thread_local: bool) -> u32 {
    let definitions = context.definitions;
    let ids = || (0..definitions.places.len() as u32).map(SymbolId);
    let defines_weak = ids().any(|id| {
        definitions.has(id, flag::WEAK) && definitions.has(id, flag::EXPORTED) && context.is_kept(definitions.place(id))
    });
    let binds_weak = imports.list.iter().any(|i| i.ordinal == BIND_SPECIAL_DYLIB_WEAK_LOOKUP);
    let overrides = !definitions.overrides.is_empty();
    (if defines_weak || overrides { MH_WEAK_DEFINES } else { 0 })
        | (if binds_weak { MH_BINDS_TO_WEAK } else { 0 })
        | (if thread_local { MH_HAS_TLV_DESCRIPTORS } else { 0 })
}
