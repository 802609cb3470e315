//! Reads back what was written, with a small reader made from the format alone.

use super::*;
use crate::base::view::{view, view_one};

const BASE: u64 = 0x1_0000_0000;
const FRAME: u32 = 0x0400_0000;
const FRAMELESS: u32 = 0x0200_0000;

fn entry(function: u64, length: u32, encoding: u32) -> Entry {
    Entry { function: BASE + function, length, encoding, personality: None, lsda: None }
}

/// A function with a personality routine and an LSDA.
fn catching(function: u64, length: u32, personality: u32, lsda: u64) -> Entry {
    Entry { personality: Some(personality), lsda: Some(BASE + lsda), ..entry(function, length, FRAME) }
}

/// What a section says: rows of (function, encoding), the end of the last, LSDA by function, places of GOT slots.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) rows: Vec<(u32, u32)>,
    pub(super) end: u32,
    pub(super) lsdas: Vec<(u32, u32)>,
    pub(super) slots: Vec<u32>,
    /// Kind and number of rows.
    pages: Vec<(u32, usize)>,
}

fn words(bytes: &[u8], offset: u32, count: u32) -> Vec<u32> {
    view::<[u8; 4]>(bytes, offset.into(), count as usize, "words")
        .unwrap()
        .iter()
        .map(|w| u32::from_le_bytes(*w))
        .collect()
}

/// Reads a section as libunwind does, and checks on the way what it relies on.
pub(super) fn read(bytes: &[u8]) -> Read {
    let header = view_one::<UnwindHeader>(bytes, 0, "header").unwrap();
    assert_eq!(header.version.get(), 1);
    let common = words(bytes, header.common_encodings_offset.get(), header.common_encoding_count.get());
    assert!(common.len() <= 127);
    let mut found = Read {
        slots: words(bytes, header.personalities_offset.get(), header.personality_count.get()),
        ..Read::default()
    };
    let index = header.index_count.get() as usize;
    let index = view::<UnwindIndex>(bytes, header.index_offset.get().into(), index, "index").unwrap();
    let sentinel = index.last().unwrap();
    assert_eq!(sentinel.second_level_offset.get(), 0);
    found.end = sentinel.function_offset.get();
    for pair in index.windows(2) {
        let (this, next) = (pair[0], pair[1]);
        let start = this.lsda_offset.get();
        let count = (next.lsda_offset.get() - start) / 8;
        for lsda in view::<UnwindLsda>(bytes, start.into(), count as usize, "LSDA").unwrap() {
            let function = lsda.function_offset.get();
            assert!((this.function_offset.get()..next.function_offset.get()).contains(&function));
            found.lsdas.push((function, lsda.lsda_offset.get()));
        }
        let before = found.rows.len();
        let kind =
            read_page(bytes, this.second_level_offset.get(), this.function_offset.get(), &common, &mut found.rows);
        assert_eq!(found.rows[before].0, this.function_offset.get());
        assert!(found.rows.last().unwrap().0 < next.function_offset.get());
        found.pages.push((kind, found.rows.len() - before));
    }
    assert!(found.rows.is_sorted_by(|a, b| a.0 < b.0), "functions ascend");
    assert!(found.lsdas.is_sorted_by(|a, b| a.0 < b.0), "LSDA ascend");
    found
}

fn read_page(bytes: &[u8], at: u32, first: u32, common: &[u32], rows: &mut Vec<(u32, u32)>) -> u32 {
    let kind = words(bytes, at, 1)[0];
    if kind == 2 {
        let page = view_one::<UnwindRegularPage>(bytes, at.into(), "page").unwrap();
        let (start, count) = (u32::from(page.entries_offset.get()), usize::from(page.entry_count.get()));
        assert!(start as usize + 8 * count <= 4096);
        let entries = view::<UnwindRegularEntry>(bytes, (at + start).into(), count, "entries").unwrap();
        rows.extend(entries.iter().map(|e| (e.function_offset.get(), e.encoding.get())));
        return kind;
    }
    assert_eq!(kind, 3);
    let page = view_one::<UnwindCompressedPage>(bytes, at.into(), "page").unwrap();
    let (own_at, own_count) = (u32::from(page.encodings_offset.get()), u32::from(page.encoding_count.get()));
    let own = words(bytes, at + own_at, own_count);
    assert!(own_at + 4 * own_count <= 4096);
    for word in words(bytes, at + u32::from(page.entries_offset.get()), page.entry_count.get().into()) {
        let index = (word >> 24) as usize;
        let encoding = common.get(index).or_else(|| own.get(index - common.len())).unwrap();
        rows.push((first + (word & 0xff_ffff), *encoding));
    }
    kind
}

/// Plans and writes; GOT slots are at 0x8000 + 8 for each number of a routine, LSDA are addresses already.
fn built(entries: &[Entry], modes: Modes) -> Read {
    let plan = plan(entries, BASE, modes).unwrap();
    let bytes = write(&plan, BASE, |p| BASE + 0x8000 + 8 * u64::from(p), |lsda| lsda);
    assert_eq!(bytes.len() as u64, plan.size);
    if bytes.is_empty() { Read::default() } else { read(&bytes) }
}

#[test]
fn equal_neighbours_are_one_and_gaps_end_them() {
    let entries = [
        entry(0x400, 16, FRAME),
        entry(0x410, 8, FRAME),
        entry(0x420, 16, FRAME),     // After eight bytes of padding.
        entry(0x440, 16, FRAME),     // After sixteen bytes of code that nobody knows about.
        entry(0x450, 4, 0),          // Code known to have no information,
        entry(0x470, 4, 0),          // a gap which joins it,
        entry(0x474, 0, FRAMELESS),  // nothing at all,
        entry(0x474, 12, FRAMELESS), // two functions folded into one,
        entry(0x474, 12, FRAME),
    ];
    let found = built(&entries, ARM64);
    let rows = vec![(0x400, FRAME), (0x430, 0), (0x440, FRAME), (0x450, 0), (0x474, FRAMELESS)];
    assert_eq!(found, Read { rows, end: 0x480, pages: found.pages.clone(), ..Read::default() });
    assert_eq!(found.pages.len(), 1);
    assert_eq!(built(&[], ARM64), Read::default());
    assert_eq!(built(&[entry(8, 0, FRAME)], ARM64), Read::default());
}

#[test]
fn what_is_about_one_function_stays_with_it() {
    let twice = |encoding| [entry(0x400, 16, encoding), entry(0x410, 16, encoding)];
    assert_eq!(built(&twice(FRAME), ARM64).rows.len(), 1);
    assert_eq!(built(&twice(UNWIND_ARM64_MODE_DWARF), ARM64).rows.len(), 2);
    // The same bits are an ordinary encoding on the other architecture, and the other way round.
    assert_eq!(built(&twice(FRAME), X86_64).rows.len(), 2);
    assert_eq!(built(&twice(UNWIND_X86_64_MODE_STACK_IND), X86_64).rows.len(), 2);
    assert_eq!(built(&twice(FRAMELESS), X86_64).rows.len(), 1);
    let found = built(&[catching(0x400, 16, 5, 0x900), catching(0x410, 16, 5, 0x910)], ARM64);
    assert_eq!(found.rows, [(0x400, 0x5400_0000), (0x410, 0x5400_0000)]);
    assert_eq!(found.lsdas, [(0x400, 0x900), (0x410, 0x910)]);
    assert_eq!(found.slots, [0x8028]);
}

#[test]
fn personalities_are_three_at_most() {
    let mut entries: Vec<Entry> =
        [7, 3, 7, 9].iter().zip(0..).map(|(p, i)| catching(i * 16, 16, *p, 0x900 + i)).collect();
    let found = built(&entries, ARM64);
    assert_eq!(found.slots, [0x8038, 0x8018, 0x8048]);
    let indices: Vec<u32> = found.rows.iter().map(|r| r.1 >> 28 & 3).collect();
    assert_eq!(indices, [1, 2, 1, 3]);
    // An FDE has its own, so it neither takes a place nor gets one.
    entries.push(Entry { encoding: ARM64.fde(0x54), ..catching(0x40, 16, 11, 0x950) });
    let found = built(&entries, ARM64);
    assert_eq!(found.rows.last(), Some(&(0x40, 0x0300_0054)));
    assert_eq!(found.lsdas.len(), 4);
    entries.push(catching(0x50, 16, 11, 0x960));
    let refused = plan(&entries, BASE, ARM64).err();
    assert_eq!(refused, Some(Refused::FourthPersonality { entry: 5, personality: 11 }));
}

#[test]
fn functions_are_within_four_gibibytes_and_fdes_within_sixteen_mebibytes() {
    let far = [entry(0, 16, FRAME), entry(u64::from(u32::MAX) - 15, 16, FRAME)];
    assert_eq!(plan(&far, BASE, ARM64).err(), Some(Refused::OutOfRange { entry: 1 }));
    assert_eq!(plan(&far[..1], BASE + 1, ARM64).err(), Some(Refused::OutOfRange { entry: 0 }));
    let end = [entry(u64::from(u32::MAX) - 15, 15, FRAME)];
    assert_eq!(built(&end, ARM64).end, u32::MAX);
    assert_eq!(ARM64.fde(0xff_ffff), 0x03ff_ffff);
    assert_eq!(ARM64.fde(0x100_0000), 0x0300_0000);
    assert_eq!(X86_64.fde(8), 0x0400_0008);
}

/// Functions back to back, `size` bytes each, with the given encodings.
fn run(size: u32, encodings: impl Iterator<Item = u32>) -> Vec<Entry> {
    encodings.zip(0..).map(|(encoding, i)| entry(i * u64::from(size), size, encoding)).collect()
}

#[test]
fn pages_keep_their_limits_and_lose_nothing() {
    let cases = [
        // Two common encodings: compressed pages, full.
        (run(8, (0..5000).map(|i| FRAME | i & 1)), vec![(3, 1021), (3, 1021), (3, 1021), (3, 1021), (3, 916)]),
        // 127 common ones and 173 others in turn: 129 fit beside them, so a page has 256 rows or is regular.
        (
            run(8, (0..1800).map(|i| FRAME | (i % 300))),
            vec![(3, 256), (3, 256), (3, 256), (2, 511), (3, 177), (3, 256), (2, 88)],
        ),
        // Functions so large that the distance ends a page after four of them.
        (run(0x40_0000, (0..600).map(|i| FRAME | i & 1)), vec![(2, 511), (2, 89)]),
        // An encoding for each function.
        (run(8, (0..600).map(|i| FRAME | i)), vec![(2, 511), (2, 89)]),
        // A third of them is rare: the own encodings of a page take the place of entries.
        (run(8, (0..900).map(|i| if i % 3 == 0 { FRAME | i << 4 } else { FRAME | i & 1 })), Vec::new()),
    ];
    for (i, (entries, pages)) in cases.into_iter().enumerate() {
        let found = built(&entries, ARM64);
        let rows: Vec<(u32, u32)> = entries.iter().map(|e| ((e.function - BASE) as u32, e.encoding)).collect();
        assert!(found.rows == rows, "case {i}");
        let last = entries.last().unwrap();
        assert_eq!(u64::from(found.end), last.function - BASE + u64::from(last.length), "case {i}");
        assert!(pages.is_empty() || found.pages == pages, "case {i}: {:?}", found.pages);
    }
}

#[test]
fn common_encodings_are_the_most_used_in_a_fixed_order() {
    // Encoding i is used i times; 200 of them, each use apart from the others.
    let uses = (0..200u32).flat_map(|i| std::iter::repeat_n([FRAME | i, FRAMELESS], i as usize)).flatten();
    let entries = run(8, uses);
    let plan = plan(&entries, BASE, ARM64).unwrap();
    let common: Vec<u32> = plan.common.iter().map(|id| plan.encodings[*id as usize]).collect();
    let expected: Vec<u32> = std::iter::once(FRAMELESS).chain((74..200).rev().map(|i| FRAME | i)).collect();
    assert_eq!(common, expected);
}

#[test]
fn lsdas_are_found_from_the_page_of_their_function() {
    let entries: Vec<Entry> = (0..3000u64)
        .map(|i| {
            if i % 7 == 0 { catching(i * 16, 16, 0, 0x10_0000 + i) } else { entry(i * 16, 16, FRAME | (i & 1) as u32) }
        })
        .collect();
    let found = built(&entries, ARM64);
    assert!(found.pages.len() > 1);
    let expected: Vec<(u32, u32)> = (0..3000).step_by(7).map(|i| (i * 16, 0x10_0000 + i)).collect();
    assert_eq!(found.lsdas, expected);
}
