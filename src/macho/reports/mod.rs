//! Reports that a user asks for, beside the output: what was read, and why, and where it went.
//!
//! What tells of inputs is printed before the link can fail, since it helps most then. Reports in files are made whole in
//! memory and written like outputs: complete or not at all, never over an input, and only of a link that worked.

mod dependency_info;
mod map;

use super::files::Content;
use super::image::Image;
use super::load::Loaded;
use super::open::Rounds;
use crate::args::macho::Args;
use crate::base::diag::Reported;
use crate::base::report;
use crate::base::session::Session;
use crate::base::stdout;
use std::io::Write;

/// `-t` and `-why_load`: which files are in, and which name asked for each member of an archive. Reports that would
/// overwrite something of the link are refused here.
pub fn inputs(loaded: &Loaded<'_>, rounds: &Rounds, args: &Args, cx: &Session) -> Result<(), Reported> {
    let maps: Vec<_> = rounds.all().collect();
    let targets = [&args.map, &args.dependency_info].into_iter().flatten();
    targets.for_each(|path| report::check(path, &maps, &args.output, cx));
    cx.diag.checkpoint()?;
    let mut text = Vec::new();
    if args.trace {
        trace(loaded, &mut text);
    }
    if args.why_load {
        why_load(loaded, args, &mut text);
    }
    if text.is_empty() {
        return Ok(());
    }
    let failed = |e| cx.diag.fail(format_args!("cannot write standard output: {}", report::reason(&e)));
    stdout::print(&text).map_err(failed)
}

/// Each file that is linked. Libraries that another one brings with it are no files of their own.
fn trace(loaded: &Loaded<'_>, text: &mut Vec<u8>) {
    for (_, file) in loaded.files.iter().filter(|(f, _)| loaded.live.contains(f.idx())) {
        match &file.content {
            Content::Linker | Content::Made(_) => {}
            Content::Dylib(library) if library.load.implicit => {}
            _ => _ = writeln!(text, "{file}"),
        }
    }
}

/// What made each archive member take part: an option, or the first name that asked for it.
fn why_load(loaded: &Loaded<'_>, args: &Args, text: &mut Vec<u8>) {
    let mut reasons = loaded.reasons.clone();
    reasons.sort_unstable_by_key(|(member, ..)| *member);
    for (f, file) in loaded.files.iter().filter(|(f, file)| file.member.is_some() && loaded.live.contains(f.idx())) {
        let asked = reasons.binary_search_by_key(&f, |(member, ..)| *member);
        let reason: &[u8] = match asked {
            Ok(index) => loaded.interned.names.name(reasons[index].1),
            Err(_) if file.lazy => b"-ObjC",
            Err(_) if args.all_load => b"-all_load",
            Err(_) => b"-force_load",
        };
        text.extend_from_slice(reason);
        let _ = writeln!(text, " forced load of {file}");
    }
}

/// `-map` and `-dependency_info`, of a link that worked.
pub fn finished(image: &Image<'_, '_>, loaded: &Loaded<'_>, rounds: &Rounds, cx: &Session) -> Result<(), Reported> {
    let args = image.context.args;
    if let Some(path) = &args.map {
        let _t = cx.time.phase("write the map");
        report::write(path, &map::text(image, loaded.arch, cx).concat(), cx)?;
    }
    if let Some(path) = &args.dependency_info {
        report::write(path, &dependency_info::records(rounds, &loaded.missing, args), cx)?;
    }
    Ok(())
}
