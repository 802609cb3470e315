//! The classic opcodes (`LC_DYLD_INFO_ONLY`): what dyld runs where a system is too old for chained fixups.
//!
//! Each stream is a program of a small machine with a place (segment and offset), a library, a symbol and an addend
//! (`mach-o/loader.h`, `REBASE_OPCODE_*` and `BIND_OPCODE_*`). An opcode has four bits of operand, LEB128 numbers or a name
//! may follow; what writes a pointer also moves the place on by it. Four streams are told apart:
//!
//! - **rebase**: places that move with the image, in the order of addresses;
//! - **bind**: places that are bound at load, by library and symbol, so that each is said once;
//! - **weak bind**: places whose symbol is coalesced across images, by name, as dyld merges those of all images in that order;
//! - **lazy bind**: one small program for each lazy pointer, which the stub helper finds by its offset.
//!
//! Runs of equal distances are one opcode, and the way to the next place is part of the opcode before it if it can be.
//! Cost: a pass over the fixups, and a sort of those that bind.

use super::chained_fixups::{Error, Subject};
use crate::base::leb128::{uleb_size, write_sleb, write_uleb};
use crate::macho::fixups::{Fixup, FixupSegment, Import, Value};

const REBASE_OPCODE_DONE: u8 = 0x00;
const REBASE_OPCODE_SET_TYPE_IMM: u8 = 0x10;
const REBASE_OPCODE_SET_SEGMENT_AND_OFFSET_ULEB: u8 = 0x20;
const REBASE_OPCODE_ADD_ADDR_ULEB: u8 = 0x30;
const REBASE_OPCODE_ADD_ADDR_IMM_SCALED: u8 = 0x40;
const REBASE_OPCODE_DO_REBASE_IMM_TIMES: u8 = 0x50;
const REBASE_OPCODE_DO_REBASE_ULEB_TIMES: u8 = 0x60;
const REBASE_OPCODE_DO_REBASE_ADD_ADDR_ULEB: u8 = 0x70;
const REBASE_OPCODE_DO_REBASE_ULEB_TIMES_SKIPPING_ULEB: u8 = 0x80;
const REBASE_TYPE_POINTER: u8 = 1;

const BIND_OPCODE_DONE: u8 = 0x00;
const BIND_OPCODE_SET_DYLIB_ORDINAL_IMM: u8 = 0x10;
const BIND_OPCODE_SET_DYLIB_ORDINAL_ULEB: u8 = 0x20;
const BIND_OPCODE_SET_DYLIB_SPECIAL_IMM: u8 = 0x30;
const BIND_OPCODE_SET_SYMBOL_TRAILING_FLAGS_IMM: u8 = 0x40;
const BIND_OPCODE_SET_TYPE_IMM: u8 = 0x50;
const BIND_OPCODE_SET_ADDEND_SLEB: u8 = 0x60;
const BIND_OPCODE_SET_SEGMENT_AND_OFFSET_ULEB: u8 = 0x70;
const BIND_OPCODE_ADD_ADDR_ULEB: u8 = 0x80;
const BIND_OPCODE_DO_BIND: u8 = 0x90;
const BIND_OPCODE_DO_BIND_ADD_ADDR_ULEB: u8 = 0xa0;
const BIND_OPCODE_DO_BIND_ADD_ADDR_IMM_SCALED: u8 = 0xb0;
const BIND_OPCODE_DO_BIND_ULEB_TIMES_SKIPPING_ULEB: u8 = 0xc0;
const BIND_TYPE_POINTER: u8 = 1;
const BIND_SYMBOL_FLAGS_WEAK_IMPORT: u8 = 0x1;
const BIND_SYMBOL_FLAGS_NON_WEAK_DEFINITION: u8 = 0x8;

/// Bytes of a place.
const POINTER: u64 = 8;
/// The greatest operand in an opcode's own byte.
const MAX_IMMEDIATE: u64 = 15;

/// The rebase stream of `fixups`, sorted by address; those that bind are passed over. A multiple of 8 bytes; nothing at all
/// for no places.
pub fn rebase(fixups: &[Fixup], segments: &[FixupSegment]) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    let mut offsets = Vec::new();
    let mut places = places(fixups, segments, |f| matches!(f.value, Value::Rebase { .. })).peekable();
    while let Some(first) = places.next() {
        let first = first?;
        offsets.clear();
        offsets.push(first.offset);
        while let Some(place) = places.next_if(|p| p.as_ref().is_ok_and(|p| p.segment == first.segment)) {
            offsets.push(place?.offset);
        }
        if out.is_empty() {
            out.push(REBASE_OPCODE_SET_TYPE_IMM | REBASE_TYPE_POINTER);
        }
        out.push(REBASE_OPCODE_SET_SEGMENT_AND_OFFSET_ULEB | first.segment);
        write_uleb(&mut out, first.offset);
        rebase_segment(&mut out, &offsets);
    }
    Ok(finish(out, REBASE_OPCODE_DONE))
}

/// Rebases places of one segment. The machine stands at the first of them.
fn rebase_segment(out: &mut Vec<u8>, mut offsets: &[u64]) {
    while let [first, rest @ ..] = offsets {
        let Some(distance) = rest.first().map(|next| next - first) else {
            out.push(REBASE_OPCODE_DO_REBASE_IMM_TIMES | 1);
            return;
        };
        let steps = offsets.windows(2).take_while(|pair| pair[1] - pair[0] == distance).count();
        let skip = distance - POINTER;
        if skip == 0 {
            // The last of these places is part of the run, and then there is a gap.
            let count = steps + 1;
            if count as u64 <= MAX_IMMEDIATE {
                out.push(REBASE_OPCODE_DO_REBASE_IMM_TIMES | count as u8);
            } else {
                out.push(REBASE_OPCODE_DO_REBASE_ULEB_TIMES);
                write_uleb(out, count as u64);
            }
            if let Some(next) = offsets.get(count) {
                rebase_move(out, next - offsets[count - 1] - POINTER);
            }
            offsets = &offsets[count..];
        } else if steps > 1 {
            // The run moves on to the place behind it, which may begin another one.
            let count = if steps + 1 == offsets.len() { steps + 1 } else { steps };
            out.push(REBASE_OPCODE_DO_REBASE_ULEB_TIMES_SKIPPING_ULEB);
            write_uleb(out, count as u64);
            write_uleb(out, skip);
            offsets = &offsets[count..];
        } else {
            out.push(REBASE_OPCODE_DO_REBASE_ADD_ADDR_ULEB);
            write_uleb(out, skip);
            offsets = rest;
        }
    }
}

/// Moves on by `gap` bytes.
fn rebase_move(out: &mut Vec<u8>, gap: u64) {
    if is_scaled(gap) {
        out.push(REBASE_OPCODE_ADD_ADDR_IMM_SCALED | (gap / POINTER) as u8);
    } else {
        out.push(REBASE_OPCODE_ADD_ADDR_ULEB);
        write_uleb(out, gap);
    }
}

/// The bind stream of `fixups`, sorted by address; those that are rebased are passed over. A multiple of 8 bytes; nothing at
/// all for no places.
pub fn bind(fixups: &[Fixup], imports: &[Import<'_>], segments: &[FixupSegment]) -> Result<Vec<u8>, Error> {
    let mut binds = binds(fixups, segments)?;
    binds.sort_unstable_by_key(|b| (imports[b.import as usize].ordinal, *b));
    let mut machine = Binder::default();
    let mut library = None;
    for (i, own) in runs(&binds) {
        let import = &imports[own[0].import as usize];
        if library != Some(import.ordinal) {
            write_library(&mut machine.out, import.ordinal);
            library = Some(import.ordinal);
        }
        let flags = if import.weak { BIND_SYMBOL_FLAGS_WEAK_IMPORT } else { 0 };
        machine.bind(own, import.name, flags, binds.get(i + own.len()));
    }
    Ok(finish(machine.out, BIND_OPCODE_DONE))
}

/// The weak-bind stream of `fixups`, all of which bind, and of the names in `strong`: definitions of this image that are not
/// weak and so decide for all images. A multiple of 8 bytes; nothing at all for neither.
pub fn weak_bind(
    fixups: &[Fixup],
    imports: &[Import<'_>],
    strong: &[&[u8]],
    segments: &[FixupSegment],
) -> Result<Vec<u8>, Error> {
    let mut binds = binds(fixups, segments)?;
    binds.sort_unstable_by_key(|b| (imports[b.import as usize].name, *b));
    let mut strong = strong.to_vec();
    strong.sort_unstable();
    strong.dedup();
    let mut strong = strong.into_iter().peekable();
    let mut machine = Binder::default();
    for (i, own) in runs(&binds) {
        let name = imports[own[0].import as usize].name;
        while let Some(before) = strong.next_if(|s| *s <= name) {
            machine.symbol(before, BIND_SYMBOL_FLAGS_NON_WEAK_DEFINITION);
        }
        machine.bind(own, name, 0, binds.get(i + own.len()));
    }
    strong.for_each(|name| machine.symbol(name, BIND_SYMBOL_FLAGS_NON_WEAK_DEFINITION));
    Ok(finish(machine.out, BIND_OPCODE_DONE))
}

/// What lazy pointers need.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lazy {
    /// The stream, a multiple of 8 bytes.
    pub stream: Vec<u8>,
    /// Where in the stream the program of each fixup begins: what its stub helper hands to `dyld_stub_binder`.
    pub offsets: Vec<u32>,
}

/// The lazy-bind stream of `fixups`, all of which bind and have no addend, in any order.
pub fn lazy_bind(fixups: &[Fixup], imports: &[Import<'_>], segments: &[FixupSegment]) -> Result<Lazy, Error> {
    let mut out = Vec::new();
    let mut offsets = Vec::with_capacity(fixups.len());
    for (i, fixup) in fixups.iter().enumerate() {
        let Value::Bind { import, addend: 0 } = fixup.value else {
            return Err(Error { subject: Subject::Fixup(i), reason: "cannot be a lazy pointer" });
        };
        let import = &imports[import as usize];
        offsets.push(out.len() as u32);
        let place = locate(fixup.address, segments).map_err(|reason| Error { subject: Subject::Fixup(i), reason })?;
        out.push(BIND_OPCODE_SET_SEGMENT_AND_OFFSET_ULEB | place.segment);
        write_uleb(&mut out, place.offset);
        write_library(&mut out, import.ordinal);
        write_symbol(&mut out, import.name, if import.weak { BIND_SYMBOL_FLAGS_WEAK_IMPORT } else { 0 });
        out.extend_from_slice(&[BIND_OPCODE_DO_BIND, BIND_OPCODE_DONE]);
    }
    out.resize(out.len().next_multiple_of(8), BIND_OPCODE_DONE);
    Ok(Lazy { stream: out, offsets })
}

/// Ends a stream that says anything.
fn finish(mut out: Vec<u8>, done: u8) -> Vec<u8> {
    if !out.is_empty() {
        out.push(done);
        out.resize(out.len().next_multiple_of(8), done);
    }
    out
}

/// A place as opcodes name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    segment: u8,
    offset: u64,
}

fn locate(address: u64, segments: &[FixupSegment]) -> Result<Place, &'static str> {
    let segment =
        segments.iter().position(|s| address.wrapping_sub(s.address) < s.size).ok_or("is not in a segment")?;
    if segment as u64 > MAX_IMMEDIATE {
        return Err("is in a segment past the sixteen that opcodes can name");
    }
    Ok(Place { segment: segment as u8, offset: address - segments[segment].address })
}

/// The places of those fixups that are `wanted`, which must not overlap.
fn places<'a>(
    fixups: &'a [Fixup],
    segments: &'a [FixupSegment],
    wanted: impl Fn(&Fixup) -> bool + 'a,
) -> impl Iterator<Item = Result<Place, Error>> + 'a {
    let mut free = 0;
    fixups.iter().enumerate().filter(move |(_, f)| wanted(f)).map(move |(i, fixup)| {
        let wrong = |reason| Error { subject: Subject::Fixup(i), reason };
        if fixup.address < free {
            return Err(wrong("overlaps the one before it"));
        }
        free = fixup.address.saturating_add(POINTER);
        locate(fixup.address, segments).map_err(wrong)
    })
}

/// A place to bind. Sorts as it is written: by symbol, then by addend, which so changes least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Bind {
    import: u32,
    addend: i64,
    place: Place,
}

fn binds(fixups: &[Fixup], segments: &[FixupSegment]) -> Result<Vec<Bind>, Error> {
    let is_bind = |f: &Fixup| matches!(f.value, Value::Bind { .. });
    let symbols = fixups.iter().filter_map(|f| match f.value {
        Value::Bind { import, addend } => Some((import, addend)),
        Value::Rebase { .. } => None,
    });
    places(fixups, segments, is_bind)
        .zip(symbols)
        .map(|(place, (import, addend))| Ok(Bind { import, addend, place: place? }))
        .collect()
}

/// Neighbours of one symbol and addend, each with the index of its first.
fn runs(binds: &[Bind]) -> impl Iterator<Item = (usize, &[Bind])> {
    let mut at = 0;
    binds.chunk_by(|a, b| (a.import, a.addend) == (b.import, b.addend)).map(move |own| {
        at += own.len();
        (at - own.len(), own)
    })
}

fn write_library(out: &mut Vec<u8>, ordinal: i32) {
    match u64::try_from(ordinal) {
        Ok(ordinal @ 1..=MAX_IMMEDIATE) => out.push(BIND_OPCODE_SET_DYLIB_ORDINAL_IMM | ordinal as u8),
        Ok(ordinal @ 1..) => {
            out.push(BIND_OPCODE_SET_DYLIB_ORDINAL_ULEB);
            write_uleb(out, ordinal);
        }
        // The special ones are small and negative: their lowest four bits.
        _ => out.push(BIND_OPCODE_SET_DYLIB_SPECIAL_IMM | ordinal as u8 & 0xf),
    }
}

fn write_symbol(out: &mut Vec<u8>, name: &[u8], flags: u8) {
    out.push(BIND_OPCODE_SET_SYMBOL_TRAILING_FLAGS_IMM | flags);
    out.extend_from_slice(name);
    out.push(0);
}

/// The machine that binds, as the stream so far leaves it.
#[derive(Debug, Default)]
struct Binder<'a> {
    out: Vec<u8>,
    symbol: Option<(&'a [u8], u8)>,
    addend: i64,
    has_type: bool,
    place: Option<Place>,
}

impl<'a> Binder<'a> {
    /// Names a symbol if it is not the current one.
    fn symbol(&mut self, name: &'a [u8], flags: u8) {
        if self.symbol.replace((name, flags)) != Some((name, flags)) {
            write_symbol(&mut self.out, name, flags);
        }
    }

    /// Binds `own`, places of one symbol and addend. `next` is bound afterwards, with another.
    fn bind(&mut self, own: &[Bind], name: &'a [u8], flags: u8, next: Option<&Bind>) {
        self.symbol(name, flags);
        if !std::mem::replace(&mut self.has_type, true) {
            self.out.push(BIND_OPCODE_SET_TYPE_IMM | BIND_TYPE_POINTER);
        }
        if std::mem::replace(&mut self.addend, own[0].addend) != own[0].addend {
            self.out.push(BIND_OPCODE_SET_ADDEND_SLEB);
            write_sleb(&mut self.out, own[0].addend);
        }
        let mut own = own;
        while let [first, rest @ ..] = own {
            self.go_to(first.place);
            let count = repeated(own);
            match rest.first().or(next).and_then(|next| gap(first.place, next.place)) {
                Some(skip) if count > 1 => {
                    self.out.push(BIND_OPCODE_DO_BIND_ULEB_TIMES_SKIPPING_ULEB);
                    write_uleb(&mut self.out, count as u64);
                    write_uleb(&mut self.out, skip);
                    self.passed(first.place, count as u64 * (skip + POINTER));
                    own = &own[count..];
                    continue;
                }
                Some(skip) => {
                    write_do_bind(&mut self.out, skip);
                    self.passed(first.place, skip + POINTER);
                }
                None => {
                    self.out.push(BIND_OPCODE_DO_BIND);
                    self.passed(first.place, POINTER);
                }
            }
            own = rest;
        }
    }

    /// The machine has moved from `from` by `distance`.
    fn passed(&mut self, from: Place, distance: u64) {
        self.place = Some(Place { offset: from.offset + distance, ..from });
    }

    /// Stands at `place`.
    fn go_to(&mut self, place: Place) {
        match self.place {
            Some(now) if now == place => {}
            Some(now) if now.segment == place.segment && now.offset < place.offset => {
                self.out.push(BIND_OPCODE_ADD_ADDR_ULEB);
                write_uleb(&mut self.out, place.offset - now.offset);
            }
            _ => {
                self.out.push(BIND_OPCODE_SET_SEGMENT_AND_OFFSET_ULEB | place.segment);
                write_uleb(&mut self.out, place.offset);
            }
        }
    }
}

/// Bytes between one place and a later one that the machine can skip: not to another segment, nor back.
fn gap(from: Place, to: Place) -> Option<u64> {
    (from.segment == to.segment).then(|| to.offset.checked_sub(from.offset + POINTER)).flatten()
}

/// Whether an opcode's own byte can say that `skip` bytes are skipped.
fn is_scaled(skip: u64) -> bool {
    skip.is_multiple_of(POINTER) && skip / POINTER <= MAX_IMMEDIATE
}

/// Binds here and moves on to the place behind `skip` more bytes.
fn write_do_bind(out: &mut Vec<u8>, skip: u64) {
    if skip == 0 {
        out.push(BIND_OPCODE_DO_BIND);
    } else if is_scaled(skip) {
        out.push(BIND_OPCODE_DO_BIND_ADD_ADDR_IMM_SCALED | (skip / POINTER) as u8);
    } else {
        out.push(BIND_OPCODE_DO_BIND_ADD_ADDR_ULEB);
        write_uleb(out, skip);
    }
}

/// How many of the first places one opcode should bind: 1 if a run would not be shorter than an opcode each.
fn repeated(own: &[Bind]) -> usize {
    let [first, second, ..] = own else { return 1 };
    let Some(skip) = gap(first.place, second.place) else { return 1 };
    let steps = own.windows(2).take_while(|pair| gap(pair[0].place, pair[1].place) == Some(skip)).count();
    // After the last step the machine stands at the next place; if there is none, it may as well be bound.
    let count = if steps + 1 == own.len() { steps + 1 } else { steps };
    let single = if is_scaled(skip) { 1 } else { 1 + uleb_size(skip) };
    let run = 1 + uleb_size(count as u64) + uleb_size(skip);
    if run < count * single { count } else { 1 }
}

#[cfg(test)]
mod tests;
