//! The `-z` keywords: spelling, value, effect and help of each in one line of a table.
//!
//! GNU ld's own list is in its manual under `-z`; lld's and mold's additions are marked by what they are for. An unknown
//! keyword is a warning and not an error, in every linker.

use super::parse::Line;
use super::values::{Value, number};
use super::{Relr, Report, Separate, TextRelocs, Z};
use crate::args::suggest;

/// One keyword.
pub(super) struct Keyword {
    /// As typed; with a trailing `=` when a value follows.
    pub name: &'static str,
    pub effect: Effect,
    /// One line of help; for what is refused or warned of, the reason.
    pub help: &'static str,
}

/// What a keyword does.
pub(super) enum Effect {
    /// Sets one of the fields that only keywords set.
    Set(fn(&mut Z)),
    /// As `Set`, from a value; `None` is one that does not fit.
    Value(fn(&mut Z, &str) -> Option<()>),
    /// Does what some flag does.
    Line(fn(&mut Line)),
    /// Nothing, without a word.
    Ignored,
    /// Nothing but a warning.
    Warned,
    /// An error.
    Refused,
}

use Effect::{Ignored, Line as As, Refused, Set, Value as Take, Warned};

const fn k(name: &'static str, effect: Effect, help: &'static str) -> Keyword {
    Keyword { name, effect, help }
}

/// All keywords.
pub(super) const KEYWORDS: &[Keyword] = &[
    k("now", Set(|z| z.now = true), "bind all symbols when the program starts"),
    k("lazy", Set(|z| z.now = false), "bind functions when they are first called (default)"),
    k("relro", Set(|z| z.relro = true), "make relocated data read-only (default)"),
    k("norelro", Set(|z| z.relro = false), "cancel relro"),
    k("execstack", Set(|z| z.exec_stack = Some(true)), "the stack is executable"),
    k("noexecstack", Set(|z| z.exec_stack = Some(false)), "the stack is not executable (default)"),
    k("gnustack", Set(|z| z.gnu_stack = true), "write PT_GNU_STACK (default)"),
    k("nognustack", Set(|z| z.gnu_stack = false), "no PT_GNU_STACK"),
    k("defs", As(|l| l.forbid_undefined()), "as --no-undefined"),
    k(
        "undefs",
        As(|l| {
            l.args.no_undefined = false;
            l.ignore_undefined = true;
        }),
        "cancel defs: symbols may stay undefined",
    ),
    k("muldefs", As(|l| l.args.allow_multiple_definition = true), "as --allow-multiple-definition"),
    k("text", Set(|z| z.text = TextRelocs::Error), "relocations in read-only sections are errors (default)"),
    k("notext", Set(|z| z.text = TextRelocs::Allow), "relocations in read-only sections are allowed"),
    k("textoff", Set(|z| z.text = TextRelocs::Allow), "as notext"),
    k("origin", Set(|z| z.origin = true), "$ORIGIN is used"),
    k("nodelete", Set(|z| z.nodelete = true), "never unload this library"),
    k("nodlopen", Set(|z| z.nodlopen = true), "dlopen may not load this library"),
    k("nodump", Set(|z| z.nodump = true), "dldump may not dump this library"),
    k("nodefaultlib", Set(|z| z.nodefaultlib = true), "the loader skips its default folders"),
    k("initfirst", Set(|z| z.initfirst = true), "initialise this library before all others"),
    k("interpose", Set(|z| z.interpose = true), "this library's symbols come before those of others"),
    k("global", Set(|z| z.global = true), "dlopen makes this library's symbols global"),
    k("loadfltr", Set(|z| z.loadfltr = true), "load filtered libraries at once"),
    k("copyreloc", Set(|z| z.copyreloc = true), "allow copy relocations (default)"),
    k("nocopyreloc", Set(|z| z.copyreloc = false), "no copy relocations"),
    k("separate-code", Set(|z| z.separate = Separate::Code), "text shares no page with other bytes (default)"),
    k("noseparate-code", Set(|z| z.separate = Separate::None), "segments may share pages of the file"),
    k("separate-loadable-segments", Set(|z| z.separate = Separate::All), "segments share no page of the file"),
    k("max-page-size=", Take(|z, v| page_size(v).map(|n| z.max_page_size = Some(n))), "alignment of segments, bytes"),
    k(
        "common-page-size=",
        Take(|z, v| page_size(v).map(|n| z.common_page_size = Some(n))),
        "page size that the layout is made for, bytes",
    ),
    k("stack-size=", Take(|z, v| number(v).map(|n| z.stack_size = Some(n))), "stack of the main thread, bytes"),
    k(
        "pack-relative-relocs",
        As(|l| l.args.relr = Relr::PackedWithNeed),
        "pack relative relocations, and ask glibc whether it can read them",
    ),
    k("nopack-relative-relocs", As(|l| l.args.relr = Relr::None), "cancel pack-relative-relocs"),
    k("keep-text-section-prefix", Set(|z| z.keep_text_section_prefix = true), "keep .text.hot and its like apart"),
    k("nokeep-text-section-prefix", Set(|z| z.keep_text_section_prefix = false), "all text in .text (default)"),
    k("start-stop-gc", Set(|z| z.start_stop_gc = true), "__start_X does not keep section X"),
    k("nostart-stop-gc", Set(|z| z.start_stop_gc = false), "__start_X keeps section X (default)"),
    k(
        "start-stop-visibility=",
        Take(|z, v| visibility(v).map(|n| z.start_stop_visibility = n)),
        "of __start_X and __stop_X: default, internal, hidden, protected (default)",
    ),
    k("rodynamic", Set(|z| z.rodynamic = true), "the dynamic section is read-only"),
    k("sectionheader", Set(|z| z.section_header = true), "write the section headers (default)"),
    k("nosectionheader", Set(|z| z.section_header = false), "no section headers"),
    k("dynamic-undefined-weak", Set(|z| z.dynamic_undefined_weak = Some(true)), "undefined weak symbols are dynamic"),
    k("nodynamic-undefined-weak", Set(|z| z.dynamic_undefined_weak = Some(false)), "undefined weak symbols are zero"),
    k("ibt", Set(|z| z.ibt = true), "mark as ready for indirect branch tracking"),
    k("force-ibt", Set(|z| z.ibt = true), "as ibt"),
    k("ibtplt", Set(|z| z.ibt_plt = true), "PLT entries for indirect branch tracking"),
    k("shstk", Set(|z| z.shstk = true), "mark as ready for shadow stacks"),
    k(
        "cet-report=",
        Take(|z, v| report(v).map(|r| z.cet_report = r)),
        "inputs without CET marks: none (default), warning, error",
    ),
    // GNU_PROPERTY_X86_ISA_1_NEEDED (x86-64 psABI, "Program Property").
    k("x86-64-baseline", Set(|z| z.isa_needed = 1), "the output needs the baseline x86-64"),
    k("x86-64-v2", Set(|z| z.isa_needed = 2), "the output needs x86-64-v2"),
    k("x86-64-v3", Set(|z| z.isa_needed = 4), "the output needs x86-64-v3"),
    k("x86-64-v4", Set(|z| z.isa_needed = 8), "the output needs x86-64-v4"),
    k(
        "dead-reloc-in-nonalloc=",
        Take(|z, v| {
            let (glob, value) = v.rsplit_once('=')?;
            z.dead_reloc_in_nonalloc.push((glob.to_owned(), number(value)?));
            Some(())
        }),
        "GLOB=VALUE: what relocations to dropped sections become",
    ),
    k("combreloc", Ignored, "dynamic relocations are always sorted"),
    k("nocombreloc", Ignored, "dynamic relocations are always sorted"),
    k("nocommon", Ignored, "the default"),
    k("nounique", Ignored, "the default"),
    k("nounique-symbol", Ignored, "the default"),
    k("nomark-plt", Ignored, "the default"),
    k("nomemory-seal", Ignored, "the default"),
    k("noindirect-extern-access", Ignored, "the default"),
    k("noextern-protected-data", Ignored, "the default"),
    k("bndplt", Ignored, "MPX is gone"),
    k("call-nop=", Ignored, "how relaxed calls are padded"),
    k("mark-plt", Ignored, "a hint for prelinking loaders"),
    k("lam-u48", Warned, "linear address masking is not marked"),
    k("lam-u57", Warned, "linear address masking is not marked"),
    k("lam-u48-report=", Ignored, "linear address masking is not marked"),
    k("lam-u57-report=", Ignored, "linear address masking is not marked"),
    k("lam-report=", Ignored, "linear address masking is not marked"),
    k("memory-seal", Warned, "the output is not marked for sealing"),
    k("lrodata-after-bss", Warned, "large sections stay in their place"),
    k("rewrite-endbr", Warned, "landing pads are kept"),
    k("globalaudit", Refused, "not supported; use GNU ld"),
    k("unique", Refused, "not supported; use GNU ld"),
    k("unique-symbol", Refused, "local symbols are not renamed; use GNU ld"),
    k("common", Refused, "STT_COMMON is not written; use GNU ld"),
    k("indirect-extern-access", Refused, "not supported; use GNU ld, or nocopyreloc"),
    k("extern-protected-data", Refused, "not supported; use GNU ld"),
    k("rel", Refused, "x86-64 has relocations with addends only"),
    k("retpolineplt", Refused, "not supported; use ld.lld"),
    k("ifunc-noplt", Refused, "not supported; use ld.lld"),
    k("wxneeded", Refused, "for OpenBSD, which is not supported; use ld.lld"),
    k("force-bti", Refused, "for 64-bit Arm only, which is not supported yet; use ld.lld"),
    k("pac-plt", Refused, "for 64-bit Arm only, which is not supported yet; use ld.lld"),
    k("bti-report=", Refused, "for 64-bit Arm only, which is not supported yet; use ld.lld"),
    k("pauth-report=", Refused, "for 64-bit Arm only, which is not supported yet; use ld.lld"),
    k("gcs=", Refused, "for 64-bit Arm only, which is not supported yet; use ld.lld"),
    k("gcs-report=", Refused, "for 64-bit Arm only, which is not supported yet; use ld.lld"),
    k("hazardplt", Refused, "for MIPS only, which is not supported; use ld.lld"),
];

/// Applies one keyword to the line.
pub(super) fn apply(line: &mut Line, typed: &Value<'_>) -> Result<(), String> {
    let text = typed.str()?;
    let (name, value) = match text.find('=') {
        Some(at) => (&text[..=at], &text[at + 1..]),
        None => (text, ""),
    };
    let Some(keyword) = KEYWORDS.iter().find(|keyword| keyword.name == name) else {
        line.warn(unknown(text, name));
        return Ok(());
    };
    match keyword.effect {
        Set(set) => set(&mut line.args.z),
        As(set) => set(line),
        Take(set) => set(&mut line.args.z, value)
            .ok_or_else(|| format!("-z {text}: '{value}' does not fit: {}", keyword.help))?,
        Ignored => {}
        Warned => line.warn(format!("-z {text} has no effect: {}", keyword.help)),
        Refused => return Err(format!("-z {text}: {}", keyword.help)),
    }
    Ok(())
}

fn unknown(text: &str, name: &str) -> String {
    let names = || KEYWORDS.iter().map(|keyword| keyword.name.trim_end_matches('='));
    let bare = name.trim_end_matches('=');
    if names().any(|known| known == bare) {
        let is_wrong = if name.ends_with('=') { "takes no value" } else { "needs a value" };
        return format!("-z {text} is ignored: {bare} {is_wrong}");
    }
    match suggest::nearest(bare, names()) {
        Some(known) => format!("-z {text} is ignored: unknown keyword; did you mean {known}?"),
        None => format!("-z {text} is ignored: unknown keyword"),
    }
}

/// A page size is a power of two; beyond 1 GiB there are none.
fn page_size(text: &str) -> Option<u64> {
    number(text).filter(|&n| n.is_power_of_two() && n <= 1 << 30)
}

/// An STV_ value (gABI, "Symbol Visibility").
fn visibility(text: &str) -> Option<u8> {
    ["default", "internal", "hidden", "protected"].iter().zip(0..).find(|(name, _)| **name == text).map(|(_, n)| n)
}

fn report(text: &str) -> Option<Report> {
    match text {
        "none" => Some(Report::None),
        "warning" => Some(Report::Warning),
        "error" => Some(Report::Error),
        _ => None,
    }
}
