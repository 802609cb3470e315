//! Reports names that nobody defines: where they are used, and what was probably meant.
//!
//! One message a name, with its first uses in input order. All work here is for people who have to read it: the first
//! few names are looked into, the rest, which `--error-limit` hides anyway, are only counted.

mod library;

use super::definitions::Attr;
use super::object::Place;
use super::relocs::{Context, display_name};
use super::source::Sources;
use super::symbols::seen;
use crate::args::elf::Unresolved;
use crate::base::ids::{FileId, SymbolId};
use crate::base::nearest::{self, Linkage, Near};
use crate::base::session::Session;
use std::collections::HashMap;
use std::fmt::Write;

/// A use of a name that nobody defines.
#[derive(Debug, Clone, Copy)]
pub struct Use {
    /// The name.
    pub id: SymbolId,
    /// Who uses it.
    pub file: FileId,
    /// In this section,
    pub section: u32,
    /// at this offset.
    pub offset: u64,
}

impl Use {
    fn order(&self) -> u64 {
        u64::from(self.file.0) << 32 | u64::from(self.section)
    }
}

/// Uses of one name that a message lists.
const SHOWN_USES: usize = 3;

/// Names that are looked into where nothing limits how many are shown.
const MOST_EXPLAINED: usize = 200;

/// Reports `uses`, in any order.
pub fn report(c: &Context<'_, '_>, mut uses: Vec<Use>, cx: &Session) {
    uses.sort_unstable_by_key(|u| (u.id, u.file, u.section, u.offset));
    // What several pieces of a file share may have been scanned with each.
    uses.dedup_by_key(|u| (u.id, u.file, u.section, u.offset));
    let ignored = |id: SymbolId| {
        let name = c.interned.names.name(id);
        c.args.ignore_unresolved_symbols.iter().any(|s| s.as_bytes() == name)
    };
    let mut names: Vec<&[Use]> = uses.chunk_by(|a, b| a.id == b.id).filter(|uses| !ignored(uses[0].id)).collect();
    if names.is_empty() {
        return;
    }
    // The order in which they will be printed.
    names.sort_by_cached_key(|uses| (uses[0].order(), c.interned.names.name(uses[0].id)));
    let explained = match c.args.error_limit {
        0 => MOST_EXPLAINED,
        limit => limit.saturating_add(16).min(MOST_EXPLAINED),
    };
    let explained = &names[..names.len().min(explained)];
    let hints = hints(c, explained, cx);
    let mut sources = Sources::new(c.files, c.args);
    for (i, uses) in names.iter().enumerate() {
        let mut text = headline(c, uses[0].id);
        if let Some(hint) = hints.get(i) {
            for u in uses.iter().take(SHOWN_USES) {
                let _ = write!(text, "\n>>> referenced by {}", sources.place(u.file, u.section, u.offset));
            }
            if uses.len() > SHOWN_USES {
                let _ = write!(text, "\n>>> referenced {} more times", uses.len() - SHOWN_USES);
            }
            text += hint;
        }
        match c.args.unresolved {
            Unresolved::Error => cx.diag.error_at(uses[0].order(), text),
            Unresolved::Warn => cx.diag.warn_at(uses[0].order(), text),
            Unresolved::Ignore => {}
        }
    }
}

fn headline(c: &Context<'_, '_>, id: SymbolId) -> String {
    let seen = c.definitions.seen[id.idx()];
    let visibility = match () {
        _ if seen & seen::HIDDEN != 0 => "hidden ",
        _ if seen & seen::PROTECTED != 0 => "protected ",
        _ => "",
    };
    format!("undefined {visibility}symbol: {}", display_name(c.interned.names.name(id), c.args))
}

/// Lines that say why each name may be undefined, and what to do.
fn hints(c: &Context<'_, '_>, names: &[&[Use]], cx: &Session) -> Vec<String> {
    let ids: Vec<SymbolId> = names.iter().map(|uses| uses[0].id).collect();
    let raw: Vec<&[u8]> = ids.iter().map(|id| c.interned.names.name(*id)).collect();
    let libraries = library::offering(c, &raw);
    let locals = locals(c, &raw);
    let (interned, unread) = (c.interned.names.len(), c.interned.unread(c.files));
    let defined = |id: usize| {
        if let Some(number) = id.checked_sub(interned) {
            return Some(unread[number]);
        }
        let is_defined = c.definitions.attr[id].has(Attr::DEFINED | Attr::SHARED);
        is_defined.then(|| c.interned.names.name(SymbolId(id as u32)))
    };
    let near = nearest::find(&raw, interned + unread.len(), defined, &cx.par);
    let mut hints = Vec::with_capacity(ids.len());
    for (i, id) in ids.iter().enumerate() {
        let mut text = String::new();
        let seen = c.definitions.seen[id.idx()];
        let hidden = seen & (seen::HIDDEN | seen::PROTECTED) != 0;
        if hidden && seen & seen::DEFINED_BY_SHARED != 0 {
            let owner = shared_owner(c, *id).map_or("a shared object".to_string(), |f| c.files[f].to_string());
            let _ = write!(text, "\n>>> {owner} defines it, which a hidden or protected reference does not reach");
        } else if seen & seen::DEFINED_IN_DROPPED != 0 {
            text += "\n>>> its definition was discarded with a section group that another file has without it";
        } else if let Some(file) = locals[i] {
            let _ = write!(text, "\n>>> {} has a local symbol of that name, which no other file sees", c.files[file]);
        } else if let Some(library) = &libraries[i] {
            let _ = write!(text, "\n>>> {library}");
        } else if let Some(near) = &near[i] {
            let _ = write!(text, "\n>>> did you mean: {}", meant(c, near));
        }
        if raw[i].starts_with(b"_ZTV") {
            text += "\n>>> the vtable symbol may be undefined because the class is missing its key function: the first \
                     virtual function that is neither inline nor pure";
        } else if raw[i].starts_with(b"_ZTI") {
            text += "\n>>> the typeinfo symbol may be undefined because the class is missing its key function, or because \
                     the file that defines it was compiled with -fno-rtti";
        }
        hints.push(text);
    }
    hints
}

fn meant(c: &Context<'_, '_>, near: &Near<'_>) -> String {
    let shown = display_name(near.name, c.args);
    match near.linkage {
        Linkage::Cxx => format!("{shown}, which is not declared extern \"C\" where it is defined"),
        Linkage::C => format!("extern \"C\" {shown}"),
        Linkage::Same => shown,
    }
}

/// A shared object that offers `id`.
fn shared_owner(c: &Context<'_, '_>, id: SymbolId) -> Option<FileId> {
    let offers = |f: FileId| {
        let slots = c.interned.slots(f);
        slots.into_iter().any(|s| c.interned.ids[s] == id.0 && c.interned.kinds[s].is_definition())
    };
    let live = c.files.iter().filter(|(f, file)| file.shared().is_some() && c.numbering.is_live(*f));
    live.map(|(f, _)| f).find(|f| offers(*f))
}

/// For each name, a file that has a local symbol called so.
fn locals(c: &Context<'_, '_>, names: &[&[u8]]) -> Vec<Option<FileId>> {
    let wanted: HashMap<&[u8], usize> = names.iter().enumerate().map(|(i, name)| (*name, i)).collect();
    let mut found = vec![None; names.len()];
    for (f, object) in c.numbering.objects(c.files) {
        for (i, symbol) in object.symbols.iter().enumerate().take(object.first_global as usize).skip(1) {
            let index = i as u32;
            if let Ok(name) = object.symbol_name(index)
                && let Some(at) = wanted.get(name)
                && matches!(object.place(index, symbol), Ok(Place::Section(_)))
            {
                found[*at].get_or_insert(f);
            }
        }
    }
    found
}
