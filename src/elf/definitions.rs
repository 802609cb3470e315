//! What each global name means for the rest of the link: where it is defined, whether other modules see it, and whether
//! the dynamic linker may bind it elsewhere.
//!
//! One region over all names reads each winner's symbol once and leaves dense arrays; no later pass touches a global
//! symbol table entry again but to write `.symtab`. Rules of visibility: gABI "Symbol Visibility"; of preemption:
//! an executable's definitions are final, a shared object's are not, unless they are hidden, protected, local by version
//! script, or bound by `-Bsymbolic`.

use super::atoms::{Atoms, Numbering};
use super::format::*;
use super::linker_defined::{Boundary, Synthetic};
use super::load::{Content, Files};
use super::object::Place;
use super::symbols::{Interned, Rank, Resolved, class, seen};
use super::version_script::{Matcher, Verdict, VersionScript};
use crate::args::elf::{Args, Bsymbolic, OutputKind, Unresolved};
use crate::base::demangle;
use crate::base::ids::{FileId, NONE, SymbolId};
use crate::base::session::Session;
use crate::base::zeroed::zeroed;
use sinew_mmap::memory::prefetch;
use zerocopy::FromZeros;

/// Facts about a name, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, FromZeros)]
pub struct Attr(pub u16);

#[allow(missing_docs)]
impl Attr {
    /// An object or the linker defines it.
    pub const DEFINED: u16 = 1;
    /// Its address is the dynamic linker's to decide.
    pub const DYNAMIC: u16 = 2;
    /// Undefined and weak: zero, unless [`Attr::DYNAMIC`].
    pub const UNDEFINED_WEAK: u16 = 4;
    /// Undefined, and an error when a relocation needs it.
    pub const UNDEFINED: u16 = 8;
    /// A plain number that moves with no section.
    pub const ABSOLUTE: u16 = 16;
    pub const IFUNC: u16 = 32;
    pub const TLS: u16 = 64;
    pub const FUNC: u16 = 128;
    /// In `.dynsym` as a definition.
    pub const EXPORTED: u16 = 256;
    /// Becomes STB_LOCAL in the output.
    pub const LOCAL: u16 = 512;
    /// In a section of the large code model, possibly out of reach of 32 bits.
    pub const LARGE: u16 = 1024;
    /// Defined by a shared object.
    pub const SHARED: u16 = 2048;
    /// Exported by a shared object with STV_PROTECTED.
    pub const SHARED_PROTECTED: u16 = 4096;
    /// Weak, as a definition or as the only kind of reference.
    pub const WEAK: u16 = 8192;

    #[inline]
    pub fn has(self, bits: u16) -> bool {
        self.0 & bits != 0
    }

    /// A place in this output that nothing can stand in for, and no offset in thread-local storage.
    #[inline]
    pub fn is_near(self) -> bool {
        const OTHERS: u16 = Attr::DYNAMIC
            | Attr::IFUNC
            | Attr::ABSOLUTE
            | Attr::TLS
            | Attr::UNDEFINED
            | Attr::UNDEFINED_WEAK
            | Attr::SHARED;
        self.0 & (OTHERS | Attr::DEFINED) == Attr::DEFINED
    }
}

/// Arrays indexed by [`SymbolId`], and the linker's own definitions.
#[derive(Debug)]
pub struct Definitions<'a> {
    /// Winner of each name.
    pub winners: Vec<Rank>,
    /// [`seen`] flags.
    pub seen: Vec<u8>,
    /// Facts.
    pub attr: Vec<Attr>,
    /// Atom that holds it; [`NONE`] for what is in none.
    pub atom: Vec<u32>,
    /// Offset in the atom, or the absolute value.
    pub value: Vec<u64>,
    /// Version index of exported names: VER_NDX_GLOBAL, or 2 + place among the nodes of the version script.
    /// Empty when no versions are defined.
    pub version: Vec<u16>,
    /// The linker's own definitions; a rank of file 0 has its index here.
    pub synthetic: Vec<Synthetic<'a>>,
}

/// Whether and how the output takes part in dynamic linking.
#[derive(Debug, Clone, Copy)]
pub struct Linking {
    /// The output is mapped at any address.
    pub pic: bool,
    /// It is a shared object.
    pub shared: bool,
    /// There is a `.dynamic` section.
    pub dynamic: bool,
}

impl Linking {
    /// From the command line, and whether any shared object is linked.
    pub fn new(args: &Args, any_shared: bool) -> Self {
        let shared = args.kind == OutputKind::Shared;
        let pic = shared || args.kind == OutputKind::Pie;
        let exports = args.export_dynamic || lists_exports(args);
        Linking { pic, shared, dynamic: pic || any_shared || exports && args.dynamic_linker.is_some() }
    }

    /// Whether the dynamic linker gets to look for weak symbols that nobody here defines: wherever there is one, as with
    /// GNU ld.
    fn binds_undefined_weak(&self, args: &Args) -> bool {
        args.z.dynamic_undefined_weak.unwrap_or(self.shared || args.dynamic_linker.is_some())
    }
}

/// Whether the command line lists symbols to export.
pub fn lists_exports(args: &Args) -> bool {
    args.dynamic_list_data
        || !args.dynamic_lists.is_empty()
        || !args.export_dynamic_symbols.is_empty()
        || !args.export_dynamic_symbol_lists.is_empty()
}

/// Everything that decides what is exported, besides the symbols themselves.
pub struct Export<'x> {
    /// `--version-script`.
    pub versions: Option<&'x Matcher<'x>>,
    /// Its nodes.
    pub nodes: &'x VersionScript<'x>,
    /// `--dynamic-list`.
    pub dynamic_list: Option<&'x Matcher<'x>>,
    /// `--export-dynamic-symbol`.
    pub export_list: Option<&'x Matcher<'x>>,
    /// `--exclude-libs`, by file.
    pub excluded: &'x (dyn Fn(FileId) -> bool + Sync),
}

/// Computes the arrays.
#[allow(clippy::too_many_arguments)]
pub fn compute<'a>(
    files: &Files<'a>,
    interned: &Interned<'a>,
    (resolved, synthetic): (Resolved, Vec<Synthetic<'a>>),
    (numbering, atoms): (&Numbering, &Atoms<'a>),
    export: &Export<'_>,
    linking: Linking,
    args: &Args,
    cx: &Session,
) -> Definitions<'a> {
    let _t = cx.time.phase("define symbols");
    let count = interned.names.len();
    let any_large = atoms.sections.iter().any(|s| s.flags & SHF_X86_64_LARGE != 0);
    let one = One {
        files,
        interned,
        resolved: &resolved,
        synthetic: &synthetic,
        numbering,
        any_large,
        export,
        linking,
        args,
    };
    const BLOCK: usize = 4096;
    // Names are in the order of their first use, which says nothing of where they are defined.
    const AHEAD: usize = 16;
    let has_versions = export.versions.is_some() || !interned.written_versions.is_empty();
    let (mut attr, mut atom, mut value) = (zeroed::<Attr>(count), zeroed::<u32>(count), zeroed::<u64>(count));
    let mut version = zeroed::<u16>(if has_versions { count } else { 0 });
    let facts = attr.chunks_mut(BLOCK).zip(atom.chunks_mut(BLOCK)).zip(value.chunks_mut(BLOCK));
    let versions = version.chunks_mut(BLOCK).map(Some).chain(std::iter::repeat_with(|| None));
    let jobs: Vec<_> = facts.zip(versions).enumerate().collect();
    cx.par.consume(jobs, count as u64 * 64, |(b, (((attr, atom), value), mut version))| {
        for (i, ((attr, atom), value)) in attr.iter_mut().zip(atom).zip(value).enumerate() {
            let id = b * BLOCK + i;
            one.prefetch(id + AHEAD);
            let found = one.define(SymbolId(id as u32));
            (*attr, *atom, *value) = (found.attr, found.atom, found.value);
            if let Some(version) = &mut version {
                version[i] = found.version;
            }
        }
    });
    Definitions { winners: resolved.winners, seen: resolved.seen, attr, atom, value, version, synthetic }
}

impl Definitions<'_> {
    /// Forgets what `--as-needed` libraries define that nothing needs: only weak references, or none, are left to it.
    /// `is_needed` tells of a shared object. Yields the libraries that were left out.
    pub fn leave_out(
        &mut self,
        files: &Files<'_>,
        is_needed: &dyn Fn(FileId) -> bool,
        linking: Linking,
        args: &Args,
    ) -> Vec<FileId> {
        let unneeded = files.iter().filter(|(f, file)| file.lazy && file.shared().is_some() && !is_needed(*f));
        let unneeded: Vec<FileId> = unneeded.map(|(f, _)| f).collect();
        if unneeded.is_empty() {
            return unneeded;
        }
        for id in 0..self.attr.len() {
            if !self.attr[id].has(Attr::SHARED) || !unneeded.contains(&self.winners[id].file()) {
                continue;
            }
            let is_dynamic = linking.dynamic && linking.binds_undefined_weak(args);
            self.winners[id] = Rank::NOBODY;
            self.attr[id] = Attr(match self.seen[id] & seen::REFERENCED {
                0 => 0,
                _ => Attr::UNDEFINED_WEAK | Attr::WEAK | if is_dynamic { Attr::DYNAMIC } else { 0 },
            });
        }
        unneeded
    }
}

struct One<'x, 'a> {
    files: &'x Files<'a>,
    interned: &'x Interned<'a>,
    resolved: &'x Resolved,
    synthetic: &'x [Synthetic<'a>],
    numbering: &'x Numbering,
    /// Some section is of the large code model.
    any_large: bool,
    export: &'x Export<'x>,
    linking: Linking,
    args: &'x Args,
}

struct Definition {
    attr: Attr,
    atom: u32,
    value: u64,
    version: u16,
}

impl One<'_, '_> {
    /// Starts to load what the object that defines name number `id` says of it.
    #[inline]
    fn prefetch(&self, id: usize) {
        let winner = self.resolved.winners.get(id).and_then(|w| Some((w, self.files.list.get(w.file().idx())?)));
        if let Some((winner, file)) = winner
            && let Some(symbol) = file.object().and_then(|o| o.symbols.get(winner.index() as usize))
        {
            prefetch(symbol);
        }
    }

    fn define(&self, id: SymbolId) -> Definition {
        let winner = self.resolved.winners[id.idx()];
        let seen = self.resolved.seen[id.idx()];
        let mut d = Definition { attr: Attr(0), atom: NONE, value: 0, version: VER_NDX_GLOBAL };
        let hidden = seen & seen::HIDDEN != 0;
        if winner == Rank::NOBODY || winner.class() == class::SHARED && hidden {
            self.undefined(id, seen, hidden, &mut d);
            return d;
        }
        let file = winner.file();
        match &self.files[file].content {
            Content::Linker => {
                let synthetic = &self.synthetic[winner.index() as usize];
                d.attr.0 |= Attr::DEFINED;
                d.value = synthetic.constant().unwrap_or(0);
                if synthetic.is_absolute() {
                    d.attr.0 |= Attr::ABSOLUTE;
                }
                if let Some(symbol) = synthetic.alias.and_then(|alias| self.object_symbol(alias)) {
                    d.attr.0 |= kind_bits(symbol) & !Attr::IFUNC;
                    if symbol.section.get() == SHN_ABS {
                        d.attr.0 |= Attr::ABSOLUTE;
                        d.value = symbol.value.get();
                    }
                }
                if matches!(synthetic.boundary, Boundary::TlsModuleBase) {
                    d.attr.0 |= Attr::TLS;
                }
                let protected = if synthetic.visibility == STV_PROTECTED { seen::PROTECTED } else { 0 };
                let hidden = hidden || matches!(synthetic.visibility, STV_HIDDEN | STV_INTERNAL);
                self.export(id, seen | protected, hidden, &mut d);
            }
            Content::Object(object) => {
                let symbol = &object.symbols[winner.index() as usize];
                d.attr.0 |= Attr::DEFINED | kind_bits(symbol);
                d.value = symbol.value.get();
                match object.place(winner.index(), symbol) {
                    Ok(Place::Section(section)) => {
                        d.atom = self.numbering.atom(file, section).0;
                        if self.any_large && object.sections[section as usize].flags.get() & SHF_X86_64_LARGE != 0 {
                            d.attr.0 |= Attr::LARGE;
                        }
                    }
                    _ => d.attr.0 |= Attr::ABSOLUTE,
                }
                if winner.class() == class::WEAK {
                    d.attr.0 |= Attr::WEAK;
                }
                let may_be = !self.args.exclude_libs.is_empty() && self.files[file].member.is_some();
                let excluded = may_be && (self.export.excluded)(file);
                self.export(id, seen, hidden || excluded, &mut d);
            }
            Content::Shared(shared) => {
                let symbol = &shared.symbols[winner.index() as usize];
                d.attr.0 |= Attr::SHARED | Attr::DYNAMIC | kind_bits(symbol) & !Attr::IFUNC;
                if symbol.kind() == STT_GNU_IFUNC {
                    d.attr.0 |= Attr::FUNC;
                }
                if symbol.visibility() == STV_PROTECTED {
                    d.attr.0 |= Attr::SHARED_PROTECTED;
                }
                if seen & seen::REFERENCED_STRONGLY == 0 {
                    d.attr.0 |= Attr::WEAK;
                }
            }
        }
        d
    }

    /// What an object says of the name that it defines.
    fn object_symbol(&self, id: SymbolId) -> Option<&Sym> {
        let winner = self.resolved.winners[id.idx()];
        let object = self.files.list.get(winner.file().idx())?.object()?;
        object.symbols.get(winner.index() as usize)
    }

    fn undefined(&self, id: SymbolId, seen: u8, hidden: bool, d: &mut Definition) {
        if seen & (seen::REFERENCED | seen::REFERENCED_BY_SHARED) == 0 {
            return;
        }
        let weak = seen & seen::REFERENCED_STRONGLY == 0;
        d.attr.0 |= if weak { Attr::UNDEFINED_WEAK | Attr::WEAK } else { Attr::UNDEFINED };
        if !hidden && self.linking.dynamic {
            let dynamic_weak = self.linking.binds_undefined_weak(self.args);
            let tolerated = self.linking.shared && !self.args.no_undefined
                || self.args.unresolved != Unresolved::Error && self.linking.dynamic;
            // `foo@V` names the library that must define it; a reference to any `foo` would be another one.
            let is_versioned = !weak
                && self.args.unresolved == Unresolved::Error
                && !self.interned.written_versions.is_empty()
                && memchr::memchr(b'@', self.interned.names.name(id)).is_some_and(|at| at > 0);
            if weak && dynamic_weak || !weak && tolerated && !is_versioned {
                d.attr.0 |= Attr::DYNAMIC;
            }
        }
    }

    fn verdict(&self, id: SymbolId) -> Option<Verdict> {
        let versions = self.export.versions?;
        let name = self.interned.names.name(id);
        versions.classify(name, || demangle::demangle_cxx(name))
    }

    /// Exported or local, preemptible or final.
    fn export(&self, id: SymbolId, seen: u8, hidden: bool, d: &mut Definition) {
        let verdict = self.verdict(id);
        if let Some(Verdict::Global { version: Some(node) }) = verdict {
            d.version = node + 2;
        }
        let mut verdict_local = verdict == Some(Verdict::Local);
        if let Some((version, is_default)) = self.written_version(id) {
            d.version = version | if is_default { 0 } else { VERSYM_HIDDEN };
            verdict_local = false;
        }
        if hidden || verdict_local {
            d.attr.0 |= Attr::LOCAL;
            return;
        }
        if !self.linking.dynamic {
            return;
        }
        let listed = |list: Option<&Matcher<'_>>| {
            list.is_some_and(|m| {
                let name = self.interned.names.name(id);
                matches!(m.classify(name, || demangle::demangle_cxx(name)), Some(Verdict::Global { .. }))
            })
        };
        let is_data = self.args.dynamic_list_data && d.attr.0 & (Attr::FUNC | Attr::IFUNC | Attr::TLS) == 0;
        let in_dynamic_list = is_data || listed(self.export.dynamic_list);
        let in_export_list = listed(self.export.export_list);
        let wanted = self.linking.shared
            || self.args.export_dynamic
            || seen & (seen::REFERENCED_BY_SHARED | seen::DEFINED_BY_SHARED) != 0
            || in_dynamic_list
            || in_export_list;
        if !wanted {
            return;
        }
        d.attr.0 |= Attr::EXPORTED;
        if !self.linking.shared || seen & seen::PROTECTED != 0 {
            return;
        }
        let function = d.attr.has(Attr::FUNC | Attr::IFUNC);
        let weak = d.attr.has(Attr::WEAK);
        let symbolic = match self.args.bsymbolic {
            Bsymbolic::None => false,
            Bsymbolic::Functions => function,
            Bsymbolic::All => true,
            Bsymbolic::NonWeak => !weak,
            Bsymbolic::NonWeakFunctions => function && !weak,
        };
        // A dynamic list names what stays preemptible, and binds the rest; --export-dynamic-symbol only does the former.
        let listed_elsewhere = self.export.dynamic_list.is_some() || self.args.dynamic_list_data;
        if in_dynamic_list || in_export_list || !symbolic && !listed_elsewhere {
            d.attr.0 |= Attr::DYNAMIC;
        }
    }

    /// `foo@V` and `foo@@V` as an object wrote them: version index and whether it is the default.
    fn written_version(&self, id: SymbolId) -> Option<(u16, bool)> {
        let written = self.interned.written(self.files, self.resolved.winners[id.idx()])?;
        let node = self.export.nodes.node(written.version)?;
        Some((node + 2, written.is_default))
    }
}

fn kind_bits(symbol: &Sym) -> u16 {
    match symbol.kind() {
        STT_FUNC => Attr::FUNC,
        STT_GNU_IFUNC => Attr::IFUNC | Attr::FUNC,
        STT_TLS => Attr::TLS,
        _ => 0,
    }
}
