//! What dyld looks up: the libraries with their ordinals, and the list of imported names.
//!
//! A two-level namespace records for each name the library that had it when the image was linked: its place among the
//! load commands, from 1. Names are numbered by symbol id, which depends on the inputs alone.

use super::definitions::{Definition, flag};
use super::exports;
use super::files::Files;
use super::fixups::Import;
use super::format::*;
use super::relocs::{Context, Needs};
use crate::args::macho::Args;
use crate::base::bitset::BitSet;
use crate::base::diag::Reported;
use crate::base::ids::{FileId, NONE, SymbolId};
use crate::base::session::Session;

/// Libraries and imports.
#[derive(Debug)]
pub struct Imports<'a> {
    /// Libraries with a load command, in order: ordinal 1 is the first.
    pub libraries: Vec<FileId>,
    /// Of these, those that may be missing: all that is taken from them is weakly referenced.
    pub weak: Vec<bool>,
    /// By file: its ordinal; 0 if it has none.
    ordinals: Vec<i32>,
    /// Names, as fixups count them.
    pub list: Vec<Import<'a>>,
    /// The id of each.
    pub ids: Vec<SymbolId>,
    /// By symbol id: its place in `list`, or [`NONE`].
    index: Vec<u32>,
}

impl Imports<'_> {
    /// The place of a name in the list.
    #[inline]
    pub fn of(&self, id: SymbolId) -> Option<u32> {
        Some(self.index[id.idx()]).filter(|index| *index != NONE)
    }

    /// The ordinal of a library; 0 if it has no load command.
    pub fn ordinal(&self, file: FileId) -> i32 {
        self.ordinals[file.idx()]
    }
}

/// Decides on load commands and numbers what is imported. `binder` is looked up beside what relocations need.
pub fn collect<'a>(
    context: &Context<'_, 'a>,
    needs: &Needs,
    binder: Option<SymbolId>,
    cx: &Session,
) -> Result<Imports<'a>, Reported> {
    let Context { args, files, definitions, interned, .. } = *context;
    let mut ids: Vec<SymbolId> =
        (0..needs.symbols.len() as u32).map(SymbolId).filter(|id| needs.symbols[id.idx()] != 0).collect();
    if let Some(binder) = binder
        && needs.symbols[binder.idx()] == 0
    {
        ids.push(binder);
    }
    let mut used = BitSet::new(files.list.len());
    for id in &ids {
        if let Definition::Import(file) = definitions.place(*id) {
            used.insert(file.idx());
        }
    }
    for (_, file) in exports::reexported(context, cx)? {
        used.insert(file.idx());
    }
    let mut imports = Imports {
        libraries: Vec::new(),
        weak: Vec::new(),
        ordinals: vec![0; files.list.len()],
        list: Vec::new(),
        ids,
        index: vec![NONE; needs.symbols.len()],
    };
    number_libraries(&mut imports, files, &used, args);
    for (index, id) in imports.ids.iter().enumerate() {
        let ordinal = match definitions.place(*id) {
            Definition::Import(FileId(0)) => BIND_SPECIAL_DYLIB_FLAT_LOOKUP,
            _ if definitions.has(*id, flag::WEAK) => BIND_SPECIAL_DYLIB_WEAK_LOOKUP,
            _ if args.flat_namespace => BIND_SPECIAL_DYLIB_FLAT_LOOKUP,
            Definition::Import(file) if files[file].library().is_some_and(|l| l.is_bundle_loader) => {
                BIND_SPECIAL_DYLIB_MAIN_EXECUTABLE
            }
            Definition::Import(file) => imports.ordinals[file.idx()],
            _ => BIND_SPECIAL_DYLIB_SELF,
        };
        let weak = definitions.has(*id, flag::WEAK_IMPORT);
        imports.list.push(Import { name: interned.names.name(*id), ordinal, weak });
        imports.index[id.idx()] = index as u32;
    }
    let uses = |ordinal: i32| imports.list.iter().zip(&imports.ids).filter(move |(i, _)| i.ordinal == ordinal);
    imports.weak = (1..=imports.libraries.len() as i32)
        .zip(&imports.libraries)
        .map(|(ordinal, file)| {
            !is_system(files, *file) && uses(ordinal).next().is_some() && uses(ordinal).all(|(i, _)| i.weak)
        })
        .collect();
    if imports.libraries.len() > MAX_LIBRARY_ORDINAL as usize {
        cx.diag.warn(format_args!(
            "{} libraries: the symbol table can name {MAX_LIBRARY_ORDINAL} of them; dyld's own tables name all",
            imports.libraries.len()
        ));
    }
    Ok(imports)
}

/// A library has a load command unless nothing is bound to it and someone said that it may go then. Of two files with one
/// install name the first stands for both.
fn number_libraries(imports: &mut Imports<'_>, files: &Files<'_>, used: &BitSet, args: &Args) {
    let mut by_name: std::collections::HashMap<&[u8], i32> = std::collections::HashMap::new();
    let needed_under = |name: &[u8]| {
        files.iter().any(|(f, file)| used.contains(f.idx()) && file.library().is_some_and(|l| l.install_name == name))
    };
    let libraries =
        || files.iter().filter_map(|(id, file)| Some((id, file.library().filter(|l| !l.is_bundle_loader)?)));
    let named = libraries().filter(|(_, library)| !library.load.implicit);
    for (id, library) in named.chain(libraries().filter(|(_, library)| library.load.implicit)) {
        if let Some(&ordinal) = by_name.get(library.install_name) {
            imports.ordinals[id.idx()] = ordinal;
            continue;
        }
        let may_go = library.droppable || args.dead_strip_dylibs;
        let may_go = library.load.implicit || may_go && !is_system(files, id);
        let kept = library.load.needed || library.load.reexport || !may_go || needed_under(library.install_name);
        if kept {
            imports.libraries.push(id);
            let ordinal = imports.libraries.len() as i32;
            by_name.insert(library.install_name, ordinal);
            imports.ordinals[id.idx()] = ordinal;
        }
    }
}

/// Whether it is the library without which no image starts: dyld itself needs it.
fn is_system(files: &Files<'_>, file: FileId) -> bool {
    files[file].library().is_some_and(|library| library.install_name == b"/usr/lib/libSystem.B.dylib")
}
