//! From opened files to parsed ones: every object, archive member and shared object as views of its bytes.
//!
//! Archive members are parsed whether or not they will be linked: their symbol tables are what names are resolved
//! against. Cost: one walk over the section headers of each input, in parallel; symbols are not touched here.

use super::format::Shdr;
use super::members::Candidate;
use super::object::{self, Object, Walk};
use super::open::Kind;
use super::shared::{self, Shared};
use crate::args::elf::Positional;
use crate::base::carve;
use crate::base::diag::Reported;
use crate::base::ids::FileId;
use crate::base::session::Session;
use crate::base::view::Malformed;
use sinew_arena::Bump;
use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::Mutex;

/// One file that takes part in the link, or may (`lazy`).
#[derive(Debug)]
pub struct File<'a> {
    /// Path as given or found.
    pub path: &'a Path,
    /// Name inside the archive.
    pub member: Option<&'a [u8]>,
    /// Flags that held at its place on the command line.
    pub state: Positional,
    /// Linked only when something needs it: archive members, `--start-lib` objects, `--as-needed` libraries.
    pub lazy: bool,
    /// Found by `-l`.
    pub searched: bool,
    /// What it holds.
    pub content: Content<'a>,
}

/// What a file holds.
#[derive(Debug)]
pub enum Content<'a> {
    /// The linker itself: file 0, which defines `_end`, `--defsym` symbols and so on.
    Linker,
    /// A relocatable object.
    Object(Object<'a>),
    /// A shared object.
    Shared(Shared<'a>),
}

/// All files, indexed by [`FileId`].
#[derive(Debug)]
pub struct Files<'a> {
    /// In command-line order; 0 is the linker itself.
    pub list: Vec<File<'a>>,
}

impl fmt::Display for File<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.member {
            Some(member) => write!(f, "{}({})", self.path.display(), String::from_utf8_lossy(member)),
            None => write!(f, "{}", self.path.display()),
        }
    }
}

impl<'a> File<'a> {
    /// The object, when it is one.
    #[inline]
    pub fn object(&self) -> Option<&Object<'a>> {
        match &self.content {
            Content::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The shared object, when it is one.
    #[inline]
    pub fn shared(&self) -> Option<&Shared<'a>> {
        match &self.content {
            Content::Shared(shared) => Some(shared),
            _ => None,
        }
    }

    /// What other files call this shared object: DT_SONAME, or the name it was found by.
    pub fn soname(&self) -> &[u8] {
        use std::os::unix::ffi::OsStrExt;
        match self.shared().and_then(|s| s.soname) {
            Some(name) => name,
            None if self.searched => self.path.file_name().unwrap_or(self.path.as_os_str()).as_bytes(),
            None => self.path.as_os_str().as_bytes(),
        }
    }
}

impl<'a> std::ops::Index<FileId> for Files<'a> {
    type Output = File<'a>;
    fn index(&self, id: FileId) -> &File<'a> {
        &self.list[id.idx()]
    }
}

impl<'a> Files<'a> {
    /// Files with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &File<'a>)> {
        self.list.iter().enumerate().map(|(i, f)| (FileId(i as u32), f))
    }

    /// Reports a malformed file; the order of the file sorts the message.
    pub fn malformed(&self, id: FileId, error: &Malformed, cx: &Session) {
        cx.diag.error_at(u64::from(id.0) << 32, format_args!("{}: {error}", self[id]));
    }
}

/// Parses all candidates. Shared objects of one soname are taken once, at their first place.
pub fn parse<'a>(candidates: &[Candidate<'a>], arenas: &'a mut [Bump], cx: &Session) -> Result<Files<'a>, Reported> {
    let _t = cx.time.phase("parse headers");
    let walks = walks(candidates, cx);
    let sizes = || candidates.iter().map(|f| f.bytes.len() as u64);
    let groups = carve::fair_groups(sizes(), 4 << 20);
    let weight = sizes().sum::<u64>() / 64;
    let parsed = cx.par.map_in(arenas, groups.len(), weight, |bump, g| {
        let each = candidates[groups[g].clone()].iter().zip(groups[g].clone()).map(|(file, i)| match file.kind {
            Kind::Object => {
                let walks = walks.get(&i).map(|walks| std::mem::take(&mut *walks.lock().expect("held for a moment")));
                object::parse_walked(file.bytes, walks.unwrap_or_default(), bump).map(Content::Object)
            }
            Kind::Shared => shared::parse(file.bytes, bump).map(Content::Shared),
            Kind::JustSymbols => object::just_symbols(file.bytes, bump).map(Content::Object),
            Kind::Archive => Err(Malformed::new(0, "an archive inside an archive")),
        });
        each.collect::<Vec<_>>()
    });

    let linker = File {
        path: Path::new("<linker>"),
        member: None,
        state: Positional::default(),
        lazy: false,
        searched: false,
        content: Content::Linker,
    };
    let mut list = Vec::with_capacity(candidates.len() + 1);
    list.push(linker);
    let mut sonames: HashMap<Vec<u8>, usize> = HashMap::new();
    for (file, content) in candidates.iter().zip(parsed.into_iter().flatten()) {
        let order = list.len() as u64;
        let file = File {
            path: file.path,
            member: file.member,
            state: file.state,
            lazy: file.lazy,
            searched: file.searched,
            content: content.unwrap_or_else(|error| {
                let path = file.path.display();
                let member = file.member.map(|m| format!("({})", String::from_utf8_lossy(m)));
                cx.diag.error_at(order << 32, format_args!("{path}{}: {error}", member.unwrap_or_default()));
                Content::Linker
            }),
        };
        if let Content::Shared(_) = file.content {
            if let Some(&first) = sonames.get(file.soname()) {
                // Named again without --as-needed, it is needed all the same.
                list[first].lazy &= file.lazy;
                continue;
            }
            sonames.insert(file.soname().to_vec(), list.len());
        }
        list.push(file);
    }
    if list.len() >= 1 << 24 {
        return Err(cx.diag.fail(format_args!("{} input files; at most 16777215 can be linked", list.len())));
    }
    cx.diag.checkpoint()?;
    Ok(Files { list })
}

/// Walks over the section headers of an object.
type Walks = Mutex<Vec<Result<Walk, Malformed>>>;

/// Those of the objects with so many headers that several threads should share one, by place among the candidates.
fn walks(candidates: &[Candidate<'_>], cx: &Session) -> HashMap<usize, Walks> {
    const SHARE: usize = 16_384;
    let mut jobs = Vec::new();
    for (i, file) in candidates.iter().enumerate() {
        // So many headers take some room.
        let count = if matches!(file.kind, Kind::Object) && file.bytes.len() >= 2 * SHARE * size_of::<Shdr>() {
            object::section_count(file.bytes)
        } else {
            0
        };
        let shares = if count >= 2 * SHARE { count / SHARE } else { 0 };
        jobs.extend((0..shares).map(|share| (i, count * share / shares..count * (share + 1) / shares)));
    }
    let weight = jobs.iter().map(|(_, range)| range.len() * size_of::<Shdr>()).sum::<usize>() as u64;
    let found = cx.par.map(jobs.len(), weight, |j| object::walk(candidates[jobs[j].0].bytes, jobs[j].1.clone()));
    let mut walks: HashMap<usize, Walks> = HashMap::new();
    for ((i, _), walk) in jobs.iter().zip(found) {
        walks.entry(*i).or_default().get_mut().expect("nobody has held it").push(walk);
    }
    walks
}
