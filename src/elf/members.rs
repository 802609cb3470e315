//! Chooses the members of archives that are worth reading, by the indices of the archives.
//!
//! Most links name archives of which they need little: the C library, the compiler's runtime, Rust's standard library.
//! An archive's index says which member defines what, and so, together with what everything else refers to, which members
//! could be linked at all: those that define a name that somebody wants, those that these want, and so on. No other
//! member is touched. The index cannot tell a strong definition from a weak or tentative one, and so nothing is decided
//! here: what is chosen is read like any other file, and [`extract`](super::symbols::extract) takes from it what it would
//! take from all members.
//!
//! That costs a second look at the symbols of objects and chosen members. It pays where archives are the larger part of
//! the link and most of them is not needed: hello world takes two thirds of the instructions. Large archives, of which
//! a program like clang links most, are read whole; and those of large members, as Rust's are, count as objects.
//! Cost: one touch of each name of an index, two of each symbol table that is linked; or a walk over member headers.

use super::format::*;
use super::object;
use super::open::{self, Kind, OpenFile, Opened};
use super::shared;
use super::symbols::check_names;
use crate::args::elf::{Args, Positional};
use crate::base::archive::{self, IndexEntry, Member, MemberData};
use crate::base::diag::Reported;
use crate::base::hash::hash_name;
use crate::base::ids::NONE;
use crate::base::session::Session;
use crate::base::view::{Malformed, cstr, slice, view};
use sinew_arena::Bump;
use std::collections::HashSet;
use std::path::Path;

/// Archives of more bytes than this, all together, are read whole: 8 MB were seen to gain, 640 MB need most members.
const MAX_SIZE: u64 = 64 << 20;

/// A file, or a member of an archive, that may be linked.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Path as given or found.
    pub path: &'a Path,
    /// Name inside the archive.
    pub member: Option<&'a [u8]>,
    /// What it holds.
    pub bytes: &'a [u8],
    /// Flags that held at its place on the command line.
    pub state: Positional,
    /// Linked only when something needs it.
    pub lazy: bool,
    /// Found by `-l`.
    pub searched: bool,
    /// What it is: no archive.
    pub kind: Kind,
}

/// Everything that was opened, in command-line order, with archives taken apart. `roots` are names that the command line
/// and scripts refer to.
pub fn choose<'a>(
    opened: &'a Opened,
    roots: &[&[u8]],
    args: &Args,
    cx: &Session,
) -> Result<Vec<Candidate<'a>>, Reported> {
    let _t = cx.time.phase("choose members");
    let archives = opened.files.iter().filter(|f| f.kind == Kind::Archive);
    let archive_bytes: u64 = archives.map(|f| f.bytes(opened).len() as u64).sum();
    let is_small = archive_bytes <= MAX_SIZE && args.undefined_globs.is_empty();
    let wanted = if is_small && mostly_small_members(opened) { Closure::of(opened, roots, args) } else { None };
    let candidates_of = |f: usize| -> Result<Vec<Candidate<'a>>, String> {
        let file = &opened.files[f];
        let members = match wanted.as_ref().map(|wanted| &wanted[f]) {
            _ if file.kind != Kind::Archive => return Ok(vec![file.candidate(opened)]),
            Some(Wanted::At(offsets)) => archive::members_at(file.bytes(opened), offsets),
            _ => archive::members(file.bytes(opened)),
        };
        let members = members.map_err(|error| error.to_string())?;
        let mut candidates = Vec::with_capacity(members.len());
        members.iter().try_for_each(|member| add(file, opened, member, &mut candidates))?;
        Ok(candidates)
    };
    // A walk touches a cache line, and so mostly a page, for each member: some ten kilobytes.
    let weight = if wanted.is_some() { 0 } else { archive_bytes / 64 };
    let found = cx.par.map(opened.files.len(), weight, candidates_of);
    let mut candidates = Vec::with_capacity(found.iter().flatten().map(Vec::len).sum());
    for (order, (file, of_file)) in opened.files.iter().zip(found).enumerate() {
        match of_file {
            Ok(of_file) => candidates.extend(of_file),
            Err(text) => cx.diag.error_at((order as u64) << 32, format_args!("{}: {text}", file.path.display())),
        }
    }
    cx.diag.checkpoint()?;
    Ok(candidates)
}

/// Whether archives of small members are by far the larger part of the inputs.
fn mostly_small_members(opened: &Opened) -> bool {
    let (mut small, mut others) = (0, 0);
    for file in &opened.files {
        let bytes = file.bytes(opened);
        match file.kind {
            Kind::Archive if !archive::has_large_members(bytes) => small += bytes.len(),
            Kind::Archive | Kind::Object => others += bytes.len(),
            _ => {}
        }
    }
    small / 2 > others
}

fn add<'a>(
    archive: &'a OpenFile,
    opened: &'a Opened,
    member: &Member<'a>,
    candidates: &mut Vec<Candidate<'a>>,
) -> Result<(), String> {
    let MemberData::Bytes { bytes, .. } = member.data else { return Ok(()) };
    // Metadata of compilers (Rust's `lib.rmeta`), notes of packagers: not for the linker.
    let kind = open::kind(bytes).map_err(|what| format!("({}) {what}", String::from_utf8_lossy(member.name)))?;
    if let Some(kind) = kind {
        let lazy = if kind == Kind::Shared { archive.state.as_needed } else { true };
        let whole = archive.candidate(opened);
        candidates.push(Candidate { member: Some(member.name), bytes, lazy, searched: false, kind, ..whole });
    }
    Ok(())
}

/// What may be needed of an archive.
enum Wanted {
    /// There is no index.
    All,
    /// The members whose headers begin here, in ascending order.
    At(Vec<u64>),
}

/// Names that members define, and the members that were found to be wanted.
struct Closure<'a> {
    /// By the lowest bits of a name's hash: the first entry of a list, or [`NONE`].
    heads: Vec<u32>,
    entries: Vec<Entry<'a>>,
    chosen: HashSet<(u32, u64)>,
    /// Members to look at.
    pending: Vec<(u32, u64)>,
}

/// What an index says: a member of a file defines a name.
struct Entry<'a> {
    name: &'a [u8],
    hash: u32,
    file: u32,
    member: u64,
    /// The next entry of the list.
    next: u32,
}

impl<'a> Closure<'a> {
    /// What may be needed of each of the opened files. `None` where an index or a file turns out to be wrong: whoever
    /// reads everything finds the words for that.
    fn of(opened: &'a Opened, roots: &[&[u8]], args: &Args) -> Option<Vec<Wanted>> {
        let archives = opened.files.iter().map(|file| match file.kind {
            Kind::Archive => archive::index(file.bytes(opened)),
            _ => Ok(None),
        });
        let indices = archives.collect::<Result<Vec<_>, _>>().ok()?;
        let mut closure = Closure::new(&indices);
        roots.iter().for_each(|name| closure.want(name));
        args.trace_symbols.iter().for_each(|name| closure.want(name.as_bytes()));
        // References to NAME mean __wrap_NAME, and those to __real_NAME mean NAME.
        for name in &args.wrap {
            closure.want(name.as_bytes());
            closure.want(format!("__wrap_{name}").as_bytes());
        }
        for (file, index) in opened.files.iter().zip(&indices) {
            let bytes = file.bytes(opened);
            match file.kind {
                Kind::Object => undefined(bytes, |name| closure.want(name)).ok()?,
                Kind::Shared => closure.want_shared(bytes).ok()?,
                Kind::JustSymbols => {}
                Kind::Archive if index.is_some() => {}
                Kind::Archive => {
                    for member in archive::members(bytes).ok()? {
                        closure.look_at(&member).ok()?;
                    }
                }
            }
        }
        while let Some((file, offset)) = closure.pending.pop() {
            for member in archive::members_at(opened.files[file as usize].bytes(opened), &[offset]).ok()? {
                closure.look_at(&member).ok()?;
            }
        }
        let mut wanted: Vec<Wanted> =
            indices.iter().map(|index| if index.is_some() { Wanted::At(Vec::new()) } else { Wanted::All }).collect();
        for (file, offset) in closure.chosen {
            if let Wanted::At(offsets) = &mut wanted[file as usize] {
                offsets.push(offset);
            }
        }
        wanted.iter_mut().for_each(|w| {
            if let Wanted::At(offsets) = w {
                offsets.sort_unstable();
            }
        });
        Some(wanted)
    }

    fn new(indices: &[Option<Vec<IndexEntry<'a>>>]) -> Closure<'a> {
        let count: usize = indices.iter().flatten().map(Vec::len).sum();
        let mut heads = vec![NONE; count.next_power_of_two()];
        let mut entries = Vec::with_capacity(count);
        for (file, index) in indices.iter().enumerate() {
            for (name, member) in index.iter().flatten() {
                let name = unversioned(name);
                let hash = hash_name(name) as u32;
                let head = hash as usize & (heads.len() - 1);
                let next = std::mem::replace(&mut heads[head], entries.len() as u32);
                entries.push(Entry { name, hash, file: file as u32, member: *member, next });
            }
        }
        Closure { heads, entries, chosen: HashSet::new(), pending: Vec::new() }
    }

    /// Every member that defines `name` may be linked.
    fn want(&mut self, name: &[u8]) {
        let name = unversioned(name);
        let hash = hash_name(name) as u32;
        let head = hash as usize & (self.heads.len() - 1);
        let (mut last, mut at) = (NONE, self.heads[head]);
        while let Some(entry) = self.entries.get(at as usize) {
            let (member, next) = ((entry.file, entry.member), entry.next);
            if entry.hash != hash || entry.name != name {
                (last, at) = (at, next);
                continue;
            }
            if self.chosen.insert(member) {
                self.pending.push(member);
            }
            // Once is enough: the list is without it when the name is wanted again.
            match self.entries.get_mut(last as usize) {
                Some(last) => last.next = next,
                None => self.heads[head] = next,
            }
            at = next;
        }
    }

    /// What a shared object refers to.
    fn want_shared(&mut self, bytes: &[u8]) -> Result<(), Malformed> {
        let bump = Bump::new();
        let library = shared::parse(bytes, &bump)?;
        let mut name_bytes = 0;
        for index in library.first_global..library.symbols.len() as u32 {
            if library.symbols[index as usize].section.get() == SHN_UNDEF {
                let name = library.symbol_name(index)?;
                name_bytes += name.len();
                self.want(name);
            }
        }
        check_names(name_bytes, object::NAME_FACTOR * bytes.len())
    }

    /// What a member refers to.
    fn look_at(&mut self, member: &Member<'_>) -> Result<(), Malformed> {
        let MemberData::Bytes { bytes, .. } = member.data else { return Ok(()) };
        match open::kind(bytes) {
            Ok(Some(Kind::Object)) => undefined(bytes, |name| self.want(name)),
            Ok(Some(Kind::Shared)) => self.want_shared(bytes),
            _ => Ok(()),
        }
    }
}

/// The name without what follows an `@`: `foo@V1` may mean a member's `foo@@V1`.
fn unversioned(name: &[u8]) -> &[u8] {
    match memchr::memchr(b'@', name) {
        Some(at) if at > 0 => &name[..at],
        _ => name,
    }
}

/// Calls `f` with the names of an object for which a member may be linked: undefined and tentative ones.
fn undefined(bytes: &[u8], mut f: impl FnMut(&[u8])) -> Result<(), Malformed> {
    let (sections, _) = object::sections(bytes, object::header(bytes)?)?;
    let Some(table) = sections.iter().find(|s| s.kind.get() == SHT_SYMTAB) else { return Ok(()) };
    let count = table.size.get() as usize / size_of::<Sym>();
    let symbols: &[Sym] = view(bytes, table.offset.get(), count, "the symbol table")?;
    let strings = match sections.get(table.link.get() as usize) {
        Some(s) => slice(bytes, s.offset.get(), s.size.get(), "the string table")?,
        None => &[],
    };
    let mut name_bytes = 0;
    for symbol in symbols.iter().skip(table.info.get() as usize) {
        if matches!(symbol.section.get(), SHN_UNDEF | SHN_COMMON | SHN_X86_64_LCOMMON) {
            let name = cstr(strings, symbol.name.get())?;
            name_bytes += name.len();
            f(name);
        }
    }
    check_names(name_bytes, object::NAME_FACTOR * bytes.len())
}
