//! Reports that a user asks for, beside the output: what was read, kept and put where.
//!
//! Each function is called once, where the driver knows what it tells, and does nothing unless its flag was given.
//! Those before the relocation scan print at once, since they help most with a link that fails. Reports in files are
//! made whole in memory and written like outputs: complete or not at all, and never over an input.

mod cref;
mod depend;
mod map;
mod stats;
mod why_live;

use super::gc::Marking;
use super::image::Image;
use super::load::{Content, Files};
use super::open::Opened;
use super::relocatable::Moved;
use super::relocs::Context;
use super::symbols::{Interned, Kind};
use super::texts::Texts;
use crate::args::elf::{Args, VERSION};
use crate::base::bitset::BitSet;
use crate::base::diag::Reported;
use crate::base::ids::SymbolId;
use crate::base::report as file;
use crate::base::session::Session;
use std::io::Write;

/// `--trace`, `--verbose` and `--trace-symbol`: which files are in, and what they have to do with the names asked for.
/// Reports that would overwrite something of the link are refused here.
pub fn inputs(
    files: &Files<'_>,
    interned: &Interned<'_>,
    live: &BitSet,
    opened: &Opened,
    args: &Args,
    cx: &Session,
) -> Result<(), Reported> {
    let maps: Vec<_> = opened.maps.iter().collect();
    let targets = [args.map.as_ref(), args.print_gc_sections.as_ref()].into_iter().flatten().flatten();
    let trace = args.time_trace_file();
    targets.chain(&args.dependency_file).chain(&trace).for_each(|path| file::check(path, &maps, &args.output, cx));
    cx.diag.checkpoint()?;
    let mut text = Vec::new();
    if args.verbose {
        let _ = writeln!(text, "{VERSION}");
        for path in &opened.paths {
            let _ = writeln!(text, "read {}", path.display());
        }
        for (_, file) in files.iter().filter(|(f, file)| file.member.is_some() && file.lazy && live.contains(f.idx())) {
            let _ = writeln!(text, "took {file}");
        }
    }
    if args.trace {
        for (_, file) in files.iter().skip(1).filter(|(f, _)| live.contains(f.idx())) {
            let _ = writeln!(text, "{file}");
        }
    }
    if !args.trace_symbols.is_empty() {
        trace_symbols(files, interned, live, args, &mut text);
    }
    print(&text, cx)
}

fn trace_symbols(files: &Files<'_>, interned: &Interned<'_>, live: &BitSet, args: &Args, text: &mut Vec<u8>) {
    let wanted: Vec<(SymbolId, &String)> =
        args.trace_symbols.iter().filter_map(|name| Some((interned.names.find(name.as_bytes())?, name))).collect();
    for (f, file) in files.iter() {
        // A shared object's names come twice: plain, and with their versions.
        let count = match &file.content {
            Content::Linker => continue,
            Content::Object(o) => o.symbols.len() - o.first_global as usize,
            Content::Shared(s) => s.symbols.len() - s.first_global as usize,
        };
        let is_live = live.contains(f.idx());
        for slot in interned.slots(f).take(count) {
            let Some((_, name)) = wanted.iter().find(|(id, _)| id.0 == interned.ids[slot]) else { continue };
            let what = match (interned.kinds[slot].class(), file.shared().is_some()) {
                (Kind::UNDEFINED | Kind::UNDEFINED_WEAK, false) if is_live => "reference to",
                (Kind::UNDEFINED | Kind::UNDEFINED_WEAK, true) if is_live => "shared reference to",
                (Kind::UNDEFINED | Kind::UNDEFINED_WEAK | Kind::NAME, _) => continue,
                _ if !is_live => "lazy definition of",
                (_, true) => "shared definition of",
                (Kind::COMMON, false) => "common definition of",
                (_, false) => "definition of",
            };
            let _ = writeln!(text, "{file}: {what} {name}");
        }
    }
}

/// `--print-gc-sections` and `--why-live`: what garbage collection removes, and why it does not remove something.
pub fn unused_sections(m: &Marking<'_, '_>, kept: &BitSet, args: &Args, cx: &Session) -> Result<(), Reported> {
    if !args.why_live.is_empty() {
        print(&why_live::text(m, kept, args, cx), cx)?;
    }
    let Some(target) = args.print_gc_sections.as_ref().filter(|_| args.gc_sections) else { return Ok(()) };
    let mut text = Vec::new();
    for (f, object) in m.numbering.objects(m.files) {
        for section in 1..object.sections.len() as u32 {
            let atom = m.numbering.atom(f, section).idx();
            if super::gc::is_linked(m.atoms.fate[atom]) && !kept.contains(atom) {
                let name = object.section_name(section).unwrap_or(b"?");
                let _ = write!(text, "removing unused section {}:(", m.files[f]);
                text.extend_from_slice(name);
                text.extend_from_slice(b")\n");
            }
        }
    }
    match target {
        None => print(&text, cx),
        Some(path) => file::write(path, &text, cx),
    }
}

/// `-Map` and `--cref`, once every address is known.
pub fn layout(image: &Image<'_, '_>, args: &Args, cx: &Session) -> Result<(), Reported> {
    map_and_table(&|| map::text(image, cx).concat(), image.c, args, cx)
}

/// The same for `-r`.
pub fn joined(c: &Context<'_, '_>, moved: &Moved<'_, '_>, args: &Args, cx: &Session) -> Result<(), Reported> {
    map_and_table(&|| map::joined(c, moved), c, args, cx)
}

fn map_and_table(map: &dyn Fn() -> Vec<u8>, c: &Context<'_, '_>, args: &Args, cx: &Session) -> Result<(), Reported> {
    if args.map.is_none() && !args.cref {
        return Ok(());
    }
    let _t = cx.time.phase("write the map");
    let mut text = if args.map.is_some() { map() } else { Vec::new() };
    // As GNU ld has it, the table follows the map.
    if args.cref {
        text.extend(cref::text(c));
    }
    match &args.map {
        Some(Some(path)) => {
            // As GNU ld has it.
            let named = args.output.file_name().filter(|_| path.is_dir()).map(|output| {
                let mut name = output.to_owned();
                name.push(".map");
                path.join(name)
            });
            file::write(named.as_ref().unwrap_or(path), &text, cx)
        }
        _ => print(&text, cx),
    }
}

/// `--dependency-file` and `--stats`, of a link that worked.
pub fn finished(
    image: Option<&Image<'_, '_>>,
    opened: &Opened,
    texts: &Texts,
    args: &Args,
    cx: &Session,
) -> Result<(), Reported> {
    if let Some(path) = &args.dependency_file {
        let text = depend::text(&args.output, opened.paths.iter().map(|p| p.as_path()).chain(texts.paths()));
        file::write(path, &text, cx)?;
    }
    if let Some(image) = image.filter(|_| args.stats) {
        print(&stats::text(image, opened), cx)?;
    }
    if args.verbose {
        print(format!("wrote {}\n", args.output.display()).as_bytes(), cx)?;
    }
    Ok(())
}

fn print(text: &[u8], cx: &Session) -> Result<(), Reported> {
    if text.is_empty() {
        return Ok(());
    }
    crate::base::stdout::print(text)
        .map_err(|e| cx.diag.fail(format_args!("cannot write standard output: {}", file::reason(&e))))
}
