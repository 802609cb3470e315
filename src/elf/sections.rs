//! Which output section an input section belongs to, and in which order sections lie in the file.
//!
//! The rules are those of GNU ld's default script (`ld --verbose`), which compilers and loaders have grown up with.

use super::atoms::Section;
use super::format::*;
use crate::args::elf::{Args, OutputKind, Strip};

/// Output sections that swallow inputs of the form `NAME.anything`. Longer prefixes come first.
pub const KNOWN: [&[u8]; 19] = [
    b".text",
    b".data.rel.ro",
    b".data",
    b".rodata",
    b".bss.rel.ro",
    b".bss",
    b".init_array",
    b".fini_array",
    b".preinit_array",
    b".tdata",
    b".tbss",
    b".gcc_except_table",
    b".ldata",
    b".lrodata",
    b".lbss",
    b".ltext",
    b".ctors",
    b".dtors",
    b".sdata",
];

/// Place of atoms that nothing moves.
pub const ORDER_PLAIN: u32 = 0x8000_0000;

/// What a section is to the linker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role<'a> {
    /// Not for the output.
    Skipped,
    /// `.note.GNU-stack`.
    StackNote,
    /// `.note.gnu.property`, merged by meaning.
    Property,
    /// `.gnu.warning.SYMBOL`: text to print when the symbol is used.
    Warning,
    /// `.eh_frame`.
    Frames,
    /// Part of output section `name` (number `known` in [`KNOWN`]), at `order` among its parts.
    Output {
        /// Output section.
        name: &'a [u8],
        /// Index in [`KNOWN`].
        known: Option<usize>,
        /// Place among the parts.
        order: u32,
    },
}

/// Sections whose type says that only linkers read them.
pub fn is_metadata(kind: u32) -> bool {
    matches!(
        kind,
        SHT_NULL
            | SHT_SYMTAB
            | SHT_STRTAB
            | SHT_RELA
            | SHT_REL
            | SHT_GROUP
            | SHT_SYMTAB_SHNDX
            | SHT_LLVM_ADDRSIG
            | SHT_LLVM_DEPENDENT_LIBRARIES
            | SHT_LLVM_CALL_GRAPH_PROFILE
            | SHT_LLVM_LTO
    )
}

/// Whether a section that is not loaded is debug information (`-S` drops it).
pub fn is_debug(name: &[u8]) -> bool {
    name.starts_with(b".debug")
        || name.starts_with(b".zdebug")
        || name.starts_with(b".gnu.debuglto")
        || name == b".stab"
        || name == b".stabstr"
        || name == b".gdb_index"
        || name.starts_with(b".line")
}

/// What `header`, called `name`, is to the linker.
pub fn role<'a>(name: &'a [u8], header: &Shdr, args: &Args) -> Role<'a> {
    let flags = header.flags.get();
    if name == b".note.GNU-stack" {
        return Role::StackNote;
    }
    if flags & SHF_EXCLUDE != 0 && args.kind != OutputKind::Relocatable {
        return Role::Skipped;
    }
    if name == b".note.gnu.property" {
        // rustc's own objects have it without SHF_ALLOC.
        return Role::Property;
    }
    if flags & SHF_ALLOC == 0 {
        let skipped = name.starts_with(b".gnu.lto_") && args.kind != OutputKind::Relocatable
            || name.starts_with(b".gnu.warning.")
            || args.strip != Strip::None && is_debug(name);
        if name.starts_with(b".gnu.warning.") {
            return Role::Warning;
        }
        return if skipped { Role::Skipped } else { output(name, flags, args) };
    }
    match name {
        b".eh_frame" if header.kind.get() != SHT_NOBITS => Role::Frames,
        b".note.gnu.build-id" => Role::Skipped,
        _ if name.starts_with(b".gnu.warning.") => Role::Warning,
        _ => output(name, flags, args),
    }
}

fn output<'a>(name: &'a [u8], flags: u64, args: &Args) -> Role<'a> {
    let plain = Role::Output { name, known: None, order: ORDER_PLAIN };
    if flags & SHF_ALLOC == 0 {
        return plain;
    }
    let after = |prefix: &[u8]| name.strip_prefix(prefix).filter(|rest| rest.is_empty() || rest[0] == b'.');
    // The letter behind the dot rules most of them out.
    for (known, prefix) in KNOWN.iter().enumerate().filter(|(_, prefix)| prefix.get(1) == name.get(1)) {
        let Some(rest) = after(prefix) else { continue };
        let (mut output, mut order) = (*prefix, ORDER_PLAIN);
        match *prefix {
            b".text" => {
                if args.z.keep_text_section_prefix
                    && let Some(kept) = kept_text_prefix(rest)
                {
                    return Role::Output { name: kept, known: None, order };
                }
                order = text_order(rest);
            }
            b".init_array" | b".fini_array" | b".preinit_array" => order = list_order(rest, false),
            // Constructors from before `.init_array`: same list, priorities counted from the other end.
            b".ctors" | b".dtors" => {
                output = if *prefix == b".ctors" { b".init_array" } else { b".fini_array" };
                order = list_order(rest, true);
            }
            b".sdata" => output = b".data",
            // Sections that a loader or a program looks up under their own names.
            b".rodata" if rest.starts_with(b".cst") || rest.starts_with(b".str") => {}
            _ => {}
        }
        let known = (output == *prefix).then_some(known);
        return Role::Output { name: output, known, order };
    }
    linkonce(name).unwrap_or(plain)
}

/// `.gnu.linkonce.t.NAME` and relatives: COMDAT from before groups.
fn linkonce(name: &[u8]) -> Option<Role<'_>> {
    let rest = name.strip_prefix(b".gnu.linkonce.")?;
    let letters = rest.split(|c| *c == b'.').next().unwrap_or(b"");
    let output: &[u8] = match letters {
        b"t" => b".text",
        b"r" => b".rodata",
        b"d" => match rest.starts_with(b"d.rel.ro.") {
            true => b".data.rel.ro",
            false => b".data",
        },
        b"b" => b".bss",
        b"td" => b".tdata",
        b"tb" => b".tbss",
        b"l" => b".ldata",
        b"lr" => b".lrodata",
        b"lb" => b".lbss",
        _ => return None,
    };
    let known = KNOWN.iter().position(|k| *k == output);
    Some(Role::Output { name: output, known, order: ORDER_PLAIN })
}

/// GNU ld keeps code of one temperature together: never run, run once at exit, at start, hot, then the rest.
fn text_order(rest: &[u8]) -> u32 {
    let is = |word: &[u8]| rest.strip_prefix(word).is_some_and(|r| r.is_empty() || r[0] == b'.');
    if is(b".unlikely") || rest.ends_with(b"_unlikely") {
        1
    } else if is(b".exit") {
        2
    } else if is(b".startup") {
        3
    } else if is(b".hot") {
        4
    } else {
        ORDER_PLAIN
    }
}

fn kept_text_prefix(rest: &[u8]) -> Option<&'static [u8]> {
    let kept: [&'static [u8]; 6] =
        [b".text.hot", b".text.unknown", b".text.unlikely", b".text.startup", b".text.exit", b".text.split"];
    kept.into_iter().find(|k| rest.strip_prefix(&k[5..]).is_some_and(|r| r.is_empty() || r[0] == b'.'))
}

/// Place of `.init_array.00005` in the list, from what follows its first word; `counts_down` for `.ctors.65530`, which
/// is the same priority. What has none comes last, in the order of the inputs. Of one priority, GNU ld takes sections
/// by name: the old ones first, and of two spellings of a number the one that strcmp finds less.
fn list_order(rest: &[u8], counts_down: bool) -> u32 {
    // Compilers write 65535 at most.
    const PRIORITY_MAX: u32 = 1 << 24;
    let Some(digits) = rest.strip_prefix(b".") else { return ORDER_PLAIN };
    if digits.is_empty() || digits.len() > 9 || !digits.iter().all(u8::is_ascii_digit) {
        return (PRIORITY_MAX + 1) * 32;
    }
    let number = digits.iter().fold(0, |n, d| n * 10 + u32::from(d - b'0'));
    let priority = if counts_down { 65_535u32.saturating_sub(number) } else { number.min(PRIORITY_MAX) };
    let spelling = if number == 0 { digits.len() } else { 9 - digits.iter().take_while(|d| **d == b'0').count() };
    priority * 32 + if counts_down { 0 } else { 16 } + spelling as u32
}

/// Flags of an input section that its output section keeps.
pub fn kept_flags(merged: bool) -> u64 {
    let dropped = SHF_GROUP | SHF_COMPRESSED | SHF_EXCLUDE | SHF_INFO_LINK | SHF_GNU_RETAIN | SHF_LINK_ORDER;
    if merged { !dropped } else { !(dropped | SHF_MERGE | SHF_STRINGS) }
}

/// The type of an output section that gets an input with this header.
pub fn output_kind(name: &[u8], header: &Shdr) -> u32 {
    match name {
        b".init_array" => SHT_INIT_ARRAY,
        b".fini_array" => SHT_FINI_ARRAY,
        b".preinit_array" => SHT_PREINIT_ARRAY,
        _ => match header.kind.get() {
            SHT_X86_64_UNWIND => SHT_PROGBITS,
            // Tables that only linkers write, whose readers would follow links that an input does not have.
            SHT_DYNSYM | SHT_DYNAMIC | SHT_HASH | SHT_GNU_HASH | SHT_RELR => SHT_PROGBITS,
            SHT_GNU_VERSYM | SHT_GNU_VERDEF | SHT_GNU_VERNEED => SHT_PROGBITS,
            kind => kind,
        },
    }
}

/// Adds the type and flags of one more input to an output section.
pub fn merge(into: &mut Section<'_>, piece: &Section<'_>) {
    const NOT_COMBINED: u64 = SHF_MERGE | SHF_STRINGS;
    if into.kind != piece.kind {
        // Anything with bytes beats SHT_NOBITS; different kinds of bytes are just bytes.
        into.kind = match (into.kind, piece.kind) {
            (SHT_NOBITS, kind) | (kind, SHT_NOBITS) => kind,
            _ => SHT_PROGBITS,
        };
    }
    let common = into.flags & piece.flags & NOT_COMBINED;
    into.flags = (into.flags | piece.flags) & !NOT_COMBINED | common;
    if into.entsize != piece.entsize {
        into.entsize = 0;
        into.flags &= !NOT_COMBINED;
    }
}

/// Whether equal contents of this section, which are `bytes`, are stored once (SHF_MERGE) if it has no relocations.
pub fn is_mergeable(header: &Shdr, bytes: &[u8], args: &Args) -> bool {
    let (flags, entsize) = (header.flags.get(), header.entsize.get());
    if flags & SHF_MERGE == 0 || flags & SHF_WRITE != 0 || args.kind == OutputKind::Relocatable {
        return false;
    }
    if entsize == 0 || bytes.is_empty() {
        return false;
    }
    let entsize = usize::try_from(entsize).unwrap_or(usize::MAX);
    // A section that breaks the rules of SHF_MERGE is copied as it is.
    if !bytes.len().is_multiple_of(entsize) || header.align.get() > 4096 || bytes.len() > u32::MAX as usize {
        return false;
    }
    flags & SHF_STRINGS == 0 || entsize <= 4 && bytes[bytes.len() - entsize..].iter().all(|b| *b == 0)
}

/// Place of a code section among the others, as [`super::layout`] orders them.
pub fn code_order(name: &[u8]) -> u32 {
    match name {
        b".init" => 0,
        b".text" => 1,
        b".fini" => 3,
        _ => 2,
    }
}

/// Whether a section's name is a C identifier, so that `__start_NAME` and `__stop_NAME` mean it.
pub fn is_c_identifier(name: &[u8]) -> bool {
    let word = |c: &u8| c.is_ascii_alphanumeric() || *c == b'_';
    !name.is_empty() && !name[0].is_ascii_digit() && name.iter().all(word)
}

/// Whether garbage collection drops nothing of an output section (KEEP in GNU ld's default script).
pub fn is_kept(name: &[u8]) -> bool {
    [&b".init"[..], b".fini", b".jcr", b".ctors", b".dtors", b".init_array", b".fini_array", b".preinit_array"]
        .iter()
        .any(|k| name.strip_prefix(*k).is_some_and(|rest| rest.is_empty() || rest[0] == b'.'))
}
