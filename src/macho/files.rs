//! The files of a link: objects, archive members and dynamic libraries, in the order in which they count.

use super::dylib::Export;
use super::object::Object;
use crate::base::ids::FileId;
use crate::base::session::Session;
use crate::base::view::Malformed;
use std::fmt;
use std::path::Path;

/// One file that takes part in the link, or may.
#[derive(Debug)]
pub struct File<'a> {
    /// Path as given or found.
    pub path: &'a Path,
    /// Name inside the archive.
    pub member: Option<&'a [u8]>,
    /// Linked only when something needs it: an archive's member.
    pub lazy: bool,
    /// Its external symbols are hidden from other images (`-hidden-l`, `-load_hidden`).
    pub hidden: bool,
    /// Modification time in seconds, as the debug map says it: of the file, or of the member in the archive's header.
    pub modified: u64,
    /// What it holds.
    pub content: Content<'a>,
}

/// What a file holds.
#[derive(Debug)]
pub enum Content<'a> {
    /// The linker itself: file 0, which owns common symbols, boundaries and aliases.
    Linker,
    /// A relocatable object.
    Object(Object<'a>),
    /// An object that the linker wrote for itself: like any other, but for reports of what was read.
    Made(Object<'a>),
    /// A dynamic library.
    Dylib(Library<'a>),
}

/// A dynamic library as this link sees it: with what it re-exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library<'a> {
    /// What the load command will say.
    pub install_name: &'a [u8],
    /// Packed `X.Y.Z`.
    pub current_version: u32,
    /// Packed `X.Y.Z`.
    pub compatibility_version: u32,
    /// Its exports and those of the libraries that it re-exports and that have no ordinal of their own.
    pub exports: Vec<Export<'a>>,
    /// How it is loaded.
    pub load: Load,
    /// It needs no load command when nothing is bound to it.
    pub droppable: bool,
    /// The executable that a bundle will be loaded by: it has an ordinal of its own and no load command.
    pub is_bundle_loader: bool,
    /// It re-exports, or is, what clients of this image see too.
    pub app_extension_safe: bool,
}

/// Which load command a library gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// `LC_LOAD_WEAK_DYLIB`: the library may be missing.
    pub weak: bool,
    /// Kept although nothing is bound to it.
    pub needed: bool,
    /// `LC_REEXPORT_DYLIB`.
    pub reexport: bool,
    /// `LC_LOAD_UPWARD_DYLIB`.
    pub upward: bool,
    /// Nobody named it: it has a load command only if something is bound to it, behind those that were named.
    pub implicit: bool,
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
    /// The last part of its path, as messages about many files show it.
    pub fn leaf(&self) -> String {
        let path = self.path.file_name().map_or(self.path.display(), |name| Path::new(name).display());
        match self.member {
            Some(member) => format!("{path}({})", String::from_utf8_lossy(member)),
            None => path.to_string(),
        }
    }

    /// The object, when it is one.
    #[inline]
    pub fn object(&self) -> Option<&Object<'a>> {
        match &self.content {
            Content::Object(object) | Content::Made(object) => Some(object),
            _ => None,
        }
    }

    /// The library, when it is one.
    #[inline]
    pub fn library(&self) -> Option<&Library<'a>> {
        match &self.content {
            Content::Dylib(library) => Some(library),
            _ => None,
        }
    }
}

/// All files, indexed by [`FileId`].
#[derive(Debug)]
pub struct Files<'a> {
    /// In command-line order; 0 is the linker itself. What auto-linking adds comes last.
    pub list: Vec<File<'a>>,
}

impl<'a> std::ops::Index<FileId> for Files<'a> {
    type Output = File<'a>;
    #[inline]
    fn index(&self, id: FileId) -> &File<'a> {
        &self.list[id.idx()]
    }
}

impl<'a> Files<'a> {
    /// Files with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &File<'a>)> {
        self.list.iter().enumerate().map(|(i, f)| (FileId(i as u32), f))
    }

    /// Objects with their ids.
    pub fn objects(&self) -> impl Iterator<Item = (FileId, &Object<'a>)> {
        self.iter().filter_map(|(id, f)| f.object().map(|o| (id, o)))
    }

    /// Reports a malformed file; the order of the file sorts the message.
    pub fn malformed(&self, id: FileId, error: &Malformed, cx: &Session) {
        cx.diag.error_at(u64::from(id.0) << 32, format_args!("{}: {error}", self[id]));
    }
}
