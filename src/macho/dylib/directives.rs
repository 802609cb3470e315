//! Obeys `$ld$` names: exports that tell the linker what a library looked like on an older system.
//!
//! ```text
//! $ld$hide$os10.4$_name                    clients for 10.4 do not see it (without the version: none does)
//! $ld$add$os10.4$_name                     clients for 10.4 see it
//! $ld$weak$os10.4$_name                    clients for 10.4 must import it weakly: not at all if they may not
//! $ld$install_name$os10.4$PATH             clients for 10.4 load PATH instead
//! $ld$compatibility_version$os10.4$1.2     clients for 10.4 ask for this version
//! $ld$previous$PATH$VERSION$PLATFORM$FROM$TO$NAME$
//!     clients on PLATFORM (its number) for FROM or later and older than TO find NAME in PATH, with this compatibility
//!     version; NAME empty: the whole library was PATH; VERSION empty: as it is
//! ```
//!
//! The version of the short forms is the oldest system of the link, of which major and minor number must be equal, as
//! in ld64. What is misspelt is passed over. Cost: one byte of each export, and if there are directives that apply, a
//! look-up of each name.

use super::{Dylib, Export};
use crate::args::macho::{Target, Version};
use crate::base::hash::NameMap;
use crate::macho::tbd::version;
use sinew_arena::Bump;

const PREFIX: &[u8] = b"$ld$";

/// The library that a link for `target` sees, without `$ld$` names in its exports, and so the libraries within.
/// `weak_imports` is false where the link allows none.
pub fn apply_directives<'a>(dylib: &Dylib<'a>, target: Target, weak_imports: bool, arena: &'a Bump) -> Dylib<'a> {
    let mut seen = Seen {
        dylib: *dylib,
        target,
        weak_imports,
        fates: NameMap::default(),
        hidden: Vec::new(),
        added: Vec::new(),
        previous: Vec::new(),
        places: NameMap::default(),
    };
    let mut directives = dylib.exports.iter().filter(|export| export.name.starts_with(PREFIX)).peekable();
    if directives.peek().is_some() {
        directives.for_each(|export| seen.obey(export));
        seen.sort_out(arena);
    }
    let Seen { mut dylib, hidden, previous, .. } = seen;
    dylib.hidden = arena.copy(&hidden);
    dylib.previous =
        arena.fill_with(previous.len(), |i| Dylib { exports: arena.copy(&previous[i].1), ..previous[i].0 });
    let inner = dylib.inner;
    dylib.inner = arena.fill_with(inner.len(), |i| apply_directives(&inner[i], target, weak_imports, arena));
    dylib
}

/// What becomes of a name.
#[derive(Clone, Copy)]
enum Fate {
    /// It is not seen.
    Hidden,
    /// It is an export of a previous library: that library's place and the export's.
    Moved(usize, usize),
}

/// A library on its way to what the link sees of it.
struct Seen<'a> {
    dylib: Dylib<'a>,
    target: Target,
    weak_imports: bool,
    fates: NameMap<&'a [u8], Fate>,
    hidden: Vec<&'a [u8]>,
    added: Vec<Export<'a>>,
    previous: Vec<(Dylib<'a>, Vec<Export<'a>>)>,
    /// Places in `previous` by install name.
    places: NameMap<&'a [u8], usize>,
}

impl<'a> Seen<'a> {
    fn obey(&mut self, export: &Export<'a>) {
        let Some((action, rest)) = split(&export.name[PREFIX.len()..]) else { return };
        if action == b"previous" {
            let _ = self.obey_previous(rest);
            return;
        }
        let value = match rest.strip_prefix(b"os") {
            Some(condition) => split(condition).filter(|(since, _)| self.is_for(since)).map(|(_, value)| value),
            None => Some(rest).filter(|_| action == b"hide"),
        };
        match (action, value) {
            (b"hide", Some(name)) => self.hide(name),
            (b"weak", Some(name)) if !self.weak_imports => self.hide(name),
            (b"add", Some(name)) => self.added.push(Export { name, flags: export.flags }),
            (b"install_name", Some(name)) => {
                self.dylib.install_name = name;
                // CoreGraphics was part of this one, whose own version counts.
                if name == b"/System/Library/Frameworks/ApplicationServices.framework/Versions/A/ApplicationServices" {
                    self.dylib.compatibility_version = Version::new(1, 0);
                }
            }
            (b"compatibility_version", Some(text)) => {
                self.dylib.compatibility_version = version(text).unwrap_or(self.dylib.compatibility_version);
            }
            _ => {}
        }
    }

    /// Whether `text` is the oldest system of the link. The third number does not count.
    fn is_for(&self, text: &[u8]) -> bool {
        version(text).is_some_and(|version| version.0 >> 8 == self.target.min.0 >> 8)
    }

    fn hide(&mut self, name: &'a [u8]) {
        self.fates.entry(name).or_insert(Fate::Hidden);
        self.hidden.push(name);
    }

    /// `None` where it is misspelt or not for this link.
    fn obey_previous(&mut self, rest: &'a [u8]) -> Option<()> {
        let (install_name, rest) = split(rest)?;
        let (compatibility, rest) = split(rest)?;
        let (platform, rest) = split(rest)?;
        let (from, rest) = split(rest)?;
        let (to, rest) = split(rest)?;
        let name = rest.strip_suffix(b"$")?;
        let platform: u32 = std::str::from_utf8(platform).ok()?.parse().ok()?;
        let applies = platform == self.target.platform.0 && (version(from)?..version(to)?).contains(&self.target.min);
        if !applies {
            return None;
        }
        let asked = if compatibility.is_empty() { None } else { Some(version(compatibility)?) };
        if name.is_empty() {
            self.dylib.install_name = install_name;
            self.dylib.compatibility_version = asked.unwrap_or(self.dylib.compatibility_version);
            return Some(());
        }
        let place = *self.places.entry(install_name).or_insert_with(|| {
            let Dylib { current_version, compatibility_version, .. } = self.dylib;
            let library = Dylib {
                install_name,
                current_version: asked.unwrap_or(current_version),
                compatibility_version: asked.unwrap_or(compatibility_version),
                platforms: self.dylib.platforms,
                two_level: self.dylib.two_level,
                app_extension_safe: self.dylib.app_extension_safe,
                ..Dylib::default()
            };
            self.previous.push((library, Vec::new()));
            self.previous.len() - 1
        });
        self.fates.entry(name).or_insert_with(|| {
            // The library need not have it any more; if it has, its flags are taken over below.
            let exports = &mut self.previous[place].1;
            exports.push(Export { name, flags: 0 });
            Fate::Moved(place, exports.len() - 1)
        });
        Some(())
    }

    /// Gives every export its fate.
    fn sort_out(&mut self, arena: &'a Bump) {
        let mut kept = Vec::with_capacity(self.dylib.exports.len());
        for export in self.dylib.exports.iter().filter(|e| !e.name.starts_with(PREFIX)).chain(&self.added) {
            match if self.fates.is_empty() { None } else { self.fates.get(export.name) } {
                None => kept.push(*export),
                Some(Fate::Hidden) => {}
                Some(&Fate::Moved(place, index)) => self.previous[place].1[index].flags = export.flags,
            }
        }
        self.dylib.exports = arena.copy(&kept);
    }
}

/// What stands before and after the first `$`.
fn split(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(b'$', text)?;
    Some((&text[..at], &text[at + 1..]))
}
