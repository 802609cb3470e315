//! `.dynsym` and what goes with it: names, hash tables, versions. Read by the dynamic linker when it binds symbols.
//!
//! Sources: gABI "Hash Table"; GNU hash (binutils, "DT_GNU_HASH"); LSB "Symbol Versioning". All of it is sized and
//! ordered before addresses are known; only values are filled in when the file is written.

use super::definitions::Attr;
use super::format::*;
use super::gnu_hash;
use super::relocs::{Context, Needs, need};
use super::slots::{Owner, Slots};
use super::version_script::VersionScript;
use crate::args::elf::Relr;
use crate::base::bitset::BitSet;
use crate::base::ids::{AtomId, FileId, NONE, SymbolId};
use crate::base::session::Session;
use std::collections::HashMap;
use zerocopy::IntoBytes;

/// One entry of `.dynsym` after the null entry.
#[derive(Debug, Clone, Copy)]
pub struct DynSymbol {
    /// The name.
    pub id: SymbolId,
    /// Offset of its name in `.dynstr`.
    pub name: u32,
    /// GNU hash of the name.
    hash: u32,
    /// Other modules may find it here.
    pub found: bool,
}

/// The tables.
#[derive(Debug, Default)]
pub struct DynSymbols {
    /// Entries 1, 2, ….
    pub list: Vec<DynSymbol>,
    /// `.dynstr`.
    pub strings: Vec<u8>,
    /// `.gnu.hash`; empty when not wanted.
    pub gnu_hash: Vec<u8>,
    /// `.hash`; empty when not wanted.
    pub sysv_hash: Vec<u8>,
    /// `.gnu.version`; empty when nothing has a version.
    pub versym: Vec<u8>,
    /// `.gnu.version_d` and its number of entries.
    pub verdef: (Vec<u8>, u32),
    /// `.gnu.version_r` and its number of entries.
    pub verneed: (Vec<u8>, u32),
    /// String offsets for `.dynamic`, by tag, in order.
    pub tags: Vec<(u64, u32)>,
}

impl DynSymbols {
    fn string(&mut self, text: &[u8]) -> u32 {
        let at = self.strings.len() as u32;
        self.strings.extend_from_slice(text);
        self.strings.push(0);
        at
    }
}

/// What the tables are made from.
struct Sources<'x, 'a> {
    c: &'x Context<'x, 'a>,
    needs: &'x Needs,
    versions: &'x VersionScript<'x>,
}

/// Builds the tables and tells `slots` the index of each symbol.
pub fn build(
    c: &Context<'_, '_>,
    needs: &Needs,
    versions: &VersionScript<'_>,
    slots: &mut Slots,
    cx: &Session,
) -> DynSymbols {
    let _t = cx.time.phase("dynamic symbols");
    let s = &Sources { c, needs, versions };
    let mut d = DynSymbols { strings: vec![0], ..DynSymbols::default() };
    if !s.c.linking.dynamic {
        return d;
    }
    let copied: Vec<SymbolId> = (slots.places.iter())
        .filter(|p| p.copy != NONE)
        .filter_map(|p| match p.owner {
            Owner::Global(id) => Some(id),
            Owner::Local(..) => None,
        })
        .collect();
    let mut is_copied = BitSet::new(s.c.definitions.attr.len());
    copied.iter().for_each(|id| _ = is_copied.insert(id.idx()));
    for (id, attr) in s.c.definitions.attr.iter().enumerate() {
        let needs = s.needs.global[id];
        let symbol = SymbolId(id as u32);
        let copy = is_copied.contains(id);
        let exported = attr.has(Attr::EXPORTED) && {
            let atom = s.c.definitions.atom[id];
            atom == NONE || s.c.kept.contains(AtomId(atom).idx())
        };
        let imported = attr.has(Attr::DYNAMIC) && !attr.has(Attr::EXPORTED) && needs != 0;
        if !exported && !imported && !copy {
            continue;
        }
        let name = plain_name(s.c.interned.names.name(symbol));
        let found = exported || copy || needs & need::CANONICAL_PLT != 0;
        d.list.push(DynSymbol { id: symbol, name: 0, hash: gnu_hash::hash(name), found });
    }
    // The GNU hash table covers the tail of the symbol table, sorted by bucket.
    let found = d.list.iter().filter(|e| e.found).count();
    let buckets = (found / 4).max(1) as u32;
    d.list.sort_by_key(|e| {
        (e.found, if e.found { e.hash % buckets } else { 0 }, s.c.definitions.winners[e.id.idx()], e.id)
    });
    for i in 0..d.list.len() {
        let name = plain_name(s.c.interned.names.name(d.list[i].id));
        d.list[i].name = d.string(name);
        let id = d.list[i].id;
        slots.global_mut(id, s.c.definitions.attr[id.idx()]).dynsym = i as u32 + 1;
    }
    tags(s, &mut d);
    set_versions(s, &mut d, cx);
    if s.c.args.hash_gnu {
        d.gnu_hash = gnu_table(&d.list, buckets);
    }
    if s.c.args.hash_sysv {
        d.sysv_hash = sysv_table(s, &d.list);
    }
    d
}

/// The name without a version that was written in it.
pub fn plain_name(name: &[u8]) -> &[u8] {
    match memchr::memchr(b'@', name) {
        Some(at) if at > 0 => &name[..at],
        _ => name,
    }
}

fn tags(s: &Sources<'_, '_>, d: &mut DynSymbols) {
    let mut add = |tag: u64, text: &[u8]| {
        let at = d.string(text);
        d.tags.push((tag, at));
    };
    for (f, file) in s.c.files.iter() {
        if file.shared().is_some() && s.c.numbering.is_live(f) {
            add(DT_NEEDED, file.soname());
        }
    }
    if s.c.linking.shared
        && let Some(soname) = &s.c.args.soname
    {
        add(DT_SONAME, soname.as_bytes());
    }
    if !s.c.args.rpath.is_empty() {
        add(if s.c.args.new_dtags { DT_RUNPATH } else { DT_RPATH }, s.c.args.rpath.as_bytes());
    }
    s.c.args.filter.iter().for_each(|f| add(DT_FILTER, f.as_bytes()));
    s.c.args.auxiliary.iter().for_each(|f| add(DT_AUXILIARY, f.as_bytes()));
    if !s.c.args.audit.is_empty() {
        add(DT_AUDIT, s.c.args.audit.as_bytes());
    }
    if !s.c.args.depaudit.is_empty() {
        add(DT_DEPAUDIT, s.c.args.depaudit.as_bytes());
    }
}

/// The version that glibc 2.36 and later define for executables with DT_RELR to need.
const RELR_VERSION: &[u8] = b"GLIBC_ABI_DT_RELR";

/// Names of versions with their indices.
type NeededVersions<'a> = Vec<(&'a [u8], u16)>;

fn set_versions(s: &Sources<'_, '_>, d: &mut DynSymbols, cx: &Session) {
    let nodes = &s.versions.nodes;
    let mut versym = vec![VER_NDX_LOCAL];
    // (file, version) in order of first use.
    let mut needed: Vec<(FileId, NeededVersions<'_>)> = Vec::new();
    let mut by_file: HashMap<FileId, usize> = HashMap::new();
    let mut next = u16::try_from(nodes.len()).unwrap_or(u16::MAX).saturating_add(2);
    let mut need_version = |file: FileId, name, next: &mut u16| {
        let at = *by_file.entry(file).or_insert_with(|| {
            needed.push((file, Vec::new()));
            needed.len() - 1
        });
        if let Some((_, index)) = needed[at].1.iter().find(|(n, _)| *n == name) {
            return *index;
        }
        needed[at].1.push((name, *next));
        *next = next.saturating_add(1);
        *next - 1
    };
    for entry in &d.list {
        let winner = s.c.definitions.winners[entry.id.idx()];
        let own = s.c.definitions.version.get(entry.id.idx()).copied().unwrap_or(VER_NDX_GLOBAL);
        let shared = (s.c.definitions.attr[entry.id.idx()].has(Attr::SHARED))
            .then(|| s.c.files[winner.file()].shared())
            .flatten();
        versym.push(match shared {
            Some(shared) => match shared.version_name(shared.version(winner.index()).0) {
                Some(version) => need_version(winner.file(), version, &mut next),
                None => VER_NDX_GLOBAL,
            },
            None => own,
        });
    }
    // Without it glibc refuses the output even where `--pack-dyn-relocs=relr` did not ask for it.
    if s.c.args.relr != Relr::None {
        for (f, file) in s.c.files.iter().filter(|(f, _)| s.c.numbering.is_live(*f)) {
            let Some(shared) = file.shared() else { continue };
            if shared.version_names.contains(&RELR_VERSION) {
                need_version(f, RELR_VERSION, &mut next);
            }
        }
    }
    if nodes.is_empty() && needed.is_empty() {
        return;
    }
    // The sixteenth bit of an index says that the version is hidden.
    if next > VERSYM_HIDDEN {
        let count = next - 2;
        cx.diag.error(format_args!("{count} symbol versions or more; at most {} can be told apart", VERSYM_HIDDEN - 2));
        return;
    }
    d.versym = versym.iter().flat_map(|v| v.to_le_bytes()).collect();
    if !nodes.is_empty() {
        d.verdef = verdef(s, d, &versym);
    }
    let mut bytes = Vec::new();
    for (i, (file, versions)) in needed.iter().enumerate() {
        let size = 16 + 16 * versions.len() as u32;
        let name = needed_name(s, d, *file);
        let last = i + 1 == needed.len();
        let entry = Verneed {
            version: 1.into(),
            count: (versions.len() as u16).into(),
            file: name.into(),
            aux: 16.into(),
            next: if last { 0 } else { size }.into(),
        };
        bytes.extend_from_slice(entry.as_bytes());
        for (k, (version, index)) in versions.iter().enumerate() {
            let name = d.string(version);
            let aux = Vernaux {
                hash: sysv_hash(version).into(),
                flags: 0.into(),
                other: (*index).into(),
                name: name.into(),
                next: if k + 1 == versions.len() { 0 } else { 16 }.into(),
            };
            bytes.extend_from_slice(aux.as_bytes());
        }
    }
    d.verneed = (bytes, needed.len() as u32);
}

/// The string of the DT_NEEDED entry of `file`.
fn needed_name(s: &Sources<'_, '_>, d: &mut DynSymbols, file: FileId) -> u32 {
    let shared = s.c.files.iter().filter(|(f, x)| x.shared().is_some() && s.c.numbering.is_live(*f)).map(|(f, _)| f);
    match shared.enumerate().find(|(_, f)| *f == file) {
        Some((i, _)) => d.tags[i].1,
        None => d.string(s.c.files[file].soname()),
    }
}

fn verdef(s: &Sources<'_, '_>, d: &mut DynSymbols, versym: &[u16]) -> (Vec<u8>, u32) {
    use std::os::unix::ffi::OsStrExt;
    let base: Vec<u8> = match &s.c.args.soname {
        Some(soname) => soname.as_bytes().to_vec(),
        None => s.c.args.output.file_name().map(|n| n.as_bytes().to_vec()).unwrap_or_default(),
    };
    let mut bytes = Vec::new();
    let mut names: Vec<u32> = Vec::new();
    let count = s.versions.nodes.len() + 1;
    let mut used = BitSet::new(usize::from(VERSYM_HIDDEN));
    versym.iter().for_each(|v| _ = used.insert(usize::from(v & !VERSYM_HIDDEN)));
    for i in 0..count {
        let (name, parents): (&[u8], &[u16]) = match i {
            0 => (&base, &[]),
            _ => (s.versions.nodes[i - 1].name, &s.versions.nodes[i - 1].parents),
        };
        let at = d.string(name);
        names.push(at);
        let entries = 1 + parents.len() as u32;
        let def = Verdef {
            version: 1.into(),
            // A version without symbols is a mark that nobody has to have.
            flags: if i == 0 {
                VER_FLG_BASE
            } else if used.contains(i + 1) {
                0
            } else {
                VER_FLG_WEAK
            }
            .into(),
            index: (i as u16 + 1).into(),
            count: (entries as u16).into(),
            hash: sysv_hash(name).into(),
            aux: 20.into(),
            next: if i + 1 == count { 0 } else { 20 + 8 * entries }.into(),
        };
        bytes.extend_from_slice(def.as_bytes());
        let mut aux = vec![at];
        aux.extend(parents.iter().filter_map(|p| names.get(usize::from(*p) + 1)));
        for (k, name) in aux.iter().enumerate() {
            let next = if k + 1 == aux.len() { 0u32 } else { 8 };
            bytes.extend_from_slice(Verdaux { name: (*name).into(), next: next.into() }.as_bytes());
        }
    }
    (bytes, count as u32)
}

/// The hash of DT_HASH (gABI, "Hash Table").
pub fn sysv_hash(name: &[u8]) -> u32 {
    name.iter().fold(0u32, |h, c| {
        let h = (h << 4).wrapping_add(u32::from(*c));
        let top = h & 0xf000_0000;
        (h ^ top >> 24) & !top
    })
}

/// Header, Bloom filter, buckets, chain: a look-up that fails mostly ends at the filter.
fn gnu_table(list: &[DynSymbol], buckets: u32) -> Vec<u8> {
    const SHIFT: u32 = 26;
    let first = list.iter().position(|e| e.found).unwrap_or(list.len());
    let found = &list[first..];
    let words = (found.len() * 12 / 64).next_power_of_two();
    let mut bloom = vec![0u64; words];
    let mut starts = vec![0u32; buckets as usize];
    let mut chain = Vec::with_capacity(found.len());
    for (i, entry) in found.iter().enumerate() {
        let bits = 1u64 << (entry.hash % 64) | 1u64 << ((entry.hash >> SHIFT) % 64);
        bloom[(entry.hash / 64) as usize & (words - 1)] |= bits;
        let bucket = entry.hash % buckets;
        if starts[bucket as usize] == 0 {
            starts[bucket as usize] = (first + i) as u32 + 1;
        }
        let last = found.get(i + 1).is_none_or(|next| next.hash % buckets != bucket);
        chain.push(entry.hash & !1 | u32::from(last));
    }
    let header = [buckets, first as u32 + 1, words as u32, SHIFT];
    let mut bytes: Vec<u8> = header.iter().flat_map(|v| v.to_le_bytes()).collect();
    bytes.extend(bloom.iter().flat_map(|v| v.to_le_bytes()));
    bytes.extend(starts.iter().chain(&chain).flat_map(|v| v.to_le_bytes()));
    bytes
}

fn sysv_table(s: &Sources<'_, '_>, list: &[DynSymbol]) -> Vec<u8> {
    let count = list.len() + 1;
    let buckets = count.max(1);
    let mut starts = vec![0u32; buckets];
    let mut chain = vec![0u32; count];
    for (i, entry) in list.iter().enumerate() {
        let name = plain_name(s.c.interned.names.name(entry.id));
        let bucket = sysv_hash(name) as usize % buckets;
        chain[i + 1] = starts[bucket];
        starts[bucket] = i as u32 + 1;
    }
    let header = [buckets as u32, count as u32];
    header.iter().chain(&starts).chain(&chain).flat_map(|v| v.to_le_bytes()).collect()
}
