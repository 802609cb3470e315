//! Chains are walked as dyld and the kernel walk them, and must say what they were made from.

use super::*;

const BASE: u64 = 0x1_0000_0000;
const PAGE: u64 = 0x4000;
const OFFSETS: Format = Format { pointers: PointerFormat::Offset, page_size: 0x4000, image_base: BASE };

/// `__PAGEZERO`, `__TEXT`, `__DATA_CONST` of a page and a bit, `__DATA` of many pages, `__LINKEDIT`.
fn segments() -> Vec<FixupSegment> {
    let sizes = [BASE, PAGE, 2 * PAGE, 1000 * PAGE, PAGE];
    let mut address = 0;
    let segment = |size| {
        let segment = FixupSegment { address, size };
        address += size;
        segment
    };
    sizes.map(segment).to_vec()
}

const CONST: u64 = BASE + PAGE;
const DATA: u64 = CONST + 2 * PAGE;

fn rebase_at(address: u64, target: u64) -> Fixup {
    Fixup { address, value: Value::Rebase { target } }
}

fn bind_at(address: u64, import: u32, addend: i64) -> Fixup {
    Fixup { address, value: Value::Bind { import, addend } }
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> u64 {
    let mut wide = [0; 8];
    wide[..N].copy_from_slice(&bytes[at..at + N]);
    u64::from_le_bytes(wide)
}

/// What one place does: its address, and a target or a library, a weakness, a name and an addend.
#[derive(Debug, PartialEq, Eq)]
enum Does {
    Rebase(u64),
    Bind(i64, bool, Vec<u8>, i64),
}

/// Imports by number: library, weak, name, addend.
type Imported = (i64, bool, Vec<u8>, i64);

fn read_imports(payload: &[u8]) -> Vec<Imported> {
    let [imports, symbols, count, format] = [8, 12, 16, 20].map(|at| number::<4>(payload, at) as usize);
    assert_eq!((number::<4>(payload, 0), number::<4>(payload, 24)), (0, 0));
    let size = [4, 8, 16][format - 1];
    assert!(imports.is_multiple_of(if format == 3 { 8 } else { 4 }) && imports + count * size <= symbols);
    let import = |i: usize| {
        let at = imports + i * size;
        let (ordinal, weak, name, addend) = if format == 3 {
            let word = number::<8>(payload, at);
            let ordinal = if word & 0xffff > 0xfff0 { i64::from(word as i16) } else { (word & 0xffff) as i64 };
            (ordinal, word >> 16 & 1, word >> 32, number::<8>(payload, at + 8) as i64)
        } else {
            let word = number::<4>(payload, at);
            let ordinal = if word & 0xff > 0xf0 { i64::from(word as i8) } else { (word & 0xff) as i64 };
            let addend = if format == 2 { i64::from(number::<4>(payload, at + 4) as i32) } else { 0 };
            (ordinal, word >> 8 & 1, word >> 9, addend)
        };
        let name = payload[symbols + name as usize..].split(|b| *b == 0).next().unwrap();
        (ordinal, weak == 1, name.to_vec(), addend)
    };
    (0..count).map(import).collect()
}

/// Walks every chain; places are looked up among `fixups`.
fn read(fixups: &[Fixup], segments: &[FixupSegment], format: Format, chained: &Chained) -> Vec<(u64, Does)> {
    let payload = &chained.payload;
    let imports = read_imports(payload);
    let starts = number::<4>(payload, 4) as usize;
    assert_eq!(number::<4>(payload, starts) as usize, segments.len());
    let mut done = Vec::new();
    for (i, segment) in segments.iter().enumerate() {
        let offset = number::<4>(payload, starts + 4 + 4 * i) as usize;
        if offset == 0 {
            continue;
        }
        let own = starts + offset;
        assert!(own.is_multiple_of(8));
        let page_count = number::<2>(payload, own + 20) as usize;
        assert_eq!(number::<4>(payload, own) as usize, 22 + 2 * page_count);
        assert_eq!(number::<2>(payload, own + 4), u64::from(format.page_size));
        assert_eq!(number::<2>(payload, own + 6), if format.pointers == PointerFormat::Offset { 6 } else { 2 });
        assert_eq!(number::<8>(payload, own + 8), segment.address - format.image_base);
        assert_eq!(number::<4>(payload, own + 16), 0);
        for page in 0..page_count {
            let mut in_page = number::<2>(payload, own + 22 + 2 * page);
            while in_page != 0xffff {
                assert!(in_page + 8 <= format.page_size.into());
                let address = segment.address + page as u64 * u64::from(format.page_size) + in_page;
                let index = fixups.binary_search_by_key(&address, |f| f.address).unwrap();
                let value = chained.values[index];
                done.push((address, does(value, format, &imports)));
                let next = value >> 51 & 0xfff;
                in_page = if next == 0 { 0xffff } else { in_page + 4 * next };
            }
        }
    }
    done
}

fn does(value: u64, format: Format, imports: &[Imported]) -> Does {
    if value >> 63 == 1 {
        assert_eq!(value >> 32 & 0x7_ffff, 0, "reserved");
        let (ordinal, weak, name, addend) = imports[(value & 0xff_ffff) as usize].clone();
        return Does::Bind(ordinal, weak, name, addend + (value >> 24 & 0xff) as i64);
    }
    assert_eq!(value >> 44 & 0x7f, 0, "reserved");
    let base = if format.pointers == PointerFormat::Offset { format.image_base } else { 0 };
    Does::Rebase((value & 0xf_ffff_ffff) + base + ((value >> 36 & 0xff) << 56))
}

fn check(fixups: &[Fixup], imports: &[Import<'_>], format: Format) -> Chained {
    let segments = segments();
    let chained = build(fixups, imports, &segments, format, &Par::new(1, 0)).unwrap();
    assert!(chained.payload.len().is_multiple_of(8));
    let expected: Vec<_> = fixups.iter().map(|f| (f.address, meant(f, imports))).collect();
    assert_eq!(read(fixups, &segments, format, &chained), expected);
    chained
}

fn meant(fixup: &Fixup, imports: &[Import<'_>]) -> Does {
    match fixup.value {
        Value::Rebase { target } => Does::Rebase(target),
        Value::Bind { import, addend } => {
            let import = imports[import as usize];
            Does::Bind(import.ordinal.into(), import.weak, import.name.to_vec(), addend)
        }
    }
}

fn import(name: &[u8], ordinal: i32) -> Import<'_> {
    Import { name, ordinal, weak: false }
}

fn import_format_of(chained: &Chained) -> u64 {
    number::<4>(&chained.payload, 20)
}

fn import_count(chained: &Chained) -> u64 {
    number::<4>(&chained.payload, 16)
}

#[test]
fn nothing() {
    let chained = check(&[], &[import(b"_unused", 1)], OFFSETS);
    assert_eq!((import_count(&chained), import_format_of(&chained)), (0, 1));
    build(&[], &[], &[], OFFSETS, &Par::new(1, 0)).unwrap();
}

#[test]
fn both_pointer_formats_and_both_page_sizes() {
    let fixups = [
        rebase_at(CONST, BASE),
        rebase_at(CONST + 8, BASE + 0x1234),
        rebase_at(DATA + PAGE - 8, 0x80 << 56 | CONST),
        rebase_at(DATA + PAGE, 0xff << 56 | (BASE + (1 << 35))),
        bind_at(DATA + PAGE + 12, 0, 0),
        rebase_at(DATA + 999 * PAGE, DATA),
    ];
    for pointers in [PointerFormat::Address, PointerFormat::Offset] {
        for page_size in [0x1000, 0x4000] {
            check(&fixups, &[import(b"_a", 1)], Format { pointers, page_size, ..OFFSETS });
        }
    }
}

#[test]
fn a_chain_reaches_from_the_first_to_the_last_place_of_a_page() {
    for step in [8, 12, 4096, PAGE - 8] {
        let places = (0..3).flat_map(|page| (0..=PAGE - 8).step_by(step as usize).map(move |at| page * PAGE + at));
        let fixups: Vec<_> = places.map(|at| rebase_at(DATA + at, BASE)).collect();
        check(&fixups, &[], OFFSETS);
    }
}

#[test]
fn addends_go_where_they_fit() {
    let imports = [import(b"_a", 1), Import { name: b"", ordinal: 240, weak: true }, import(b"_c", -3)];
    let places = |addends: &[(u32, i64)]| -> Vec<Fixup> {
        addends.iter().zip(0..).map(|((i, addend), at)| bind_at(DATA + 8 * at, *i, *addend)).collect()
    };
    type Addends = &'static [(u32, i64)];
    let cases: [(Addends, u64, u64); 7] = [
        (&[(0, 0), (0, 255), (1, 7), (0, 0)], 1, 2),
        (&[(0, 256), (0, 0), (2, 1)], 2, 3),
        (&[(0, -1), (0, -1), (1, -2)], 2, 2),
        (&[(0, -0x8000_0000), (0, 0x7fff_ffff), (0, 3)], 2, 3),
        (&[(0, 0x8000_0000)], 3, 1),
        (&[(0, i64::MIN), (0, i64::MAX), (1, 1), (2, -1)], 3, 4),
        (&[(2, 0), (1, 0)], 1, 2),
    ];
    for (addends, format, count) in cases {
        let chained = check(&places(addends), &imports, OFFSETS);
        assert_eq!((import_format_of(&chained), import_count(&chained)), (format, count), "{addends:?}");
    }
}

#[test]
fn libraries_by_their_numbers() {
    let fixups = [bind_at(DATA, 0, 0)];
    for (ordinal, format) in [(0, 1), (1, 1), (240, 1), (241, 3), (253, 3), (300, 3), (0xfff0, 3), (-1, 1), (-2, 1)] {
        let chained = check(&fixups, &[import(b"_a", ordinal)], OFFSETS);
        assert_eq!(import_format_of(&chained), format, "{ordinal}");
    }
    // Special libraries among those that need two bytes.
    check(&[bind_at(DATA, 0, 0), bind_at(DATA + 8, 1, 0)], &[import(b"_a", -2), import(b"_b", 300)], OFFSETS);
    for ordinal in [0xfff1, -4, i32::MAX, i32::MIN] {
        let error = build(&fixups, &[import(b"_a", ordinal)], &segments(), OFFSETS, &Par::new(1, 0)).unwrap_err();
        assert_eq!(error.subject, Subject::Import(0));
        // An import that nobody needs is no matter.
        check(&fixups, &[import(b"_a", 1), import(b"_b", ordinal)], OFFSETS);
    }
}

#[test]
fn more_names_than_the_narrow_formats_can_reach() {
    let long = vec![b'x'; 1 << 22];
    let imports = [import(&long, 1), import(&long, 1), import(b"_last", 2)];
    let fixups = [0, 1, 2].map(|i| bind_at(DATA + 8 * i, i as u32, 0));
    assert_eq!(import_format_of(&check(&fixups, &imports, OFFSETS)), 3);
    assert_eq!(import_format_of(&check(&fixups[..2], &imports, OFFSETS)), 1);
}

#[test]
fn what_a_chain_cannot_hold_is_named() {
    let good = rebase_at(CONST, BASE);
    let cases = [
        (rebase_at(DATA + 2, BASE), "is not at a multiple of 4 bytes"),
        (rebase_at(DATA + PAGE - 4, BASE), "lies across the end of a page"),
        (rebase_at(DATA + 1001 * PAGE, BASE), "is not in a segment"),
        (rebase_at(DATA, BASE - 1), "points outside of the 64 GiB that it can reach"),
        (rebase_at(DATA, BASE + (1 << 36)), "points outside of the 64 GiB that it can reach"),
    ];
    for (bad, reason) in cases {
        let error = build(&[good, bad], &[], &segments(), OFFSETS, &Par::new(1, 0)).unwrap_err();
        assert_eq!(error, Error { subject: Subject::Fixup(1), reason });
    }
    let overlap = [rebase_at(DATA, BASE), rebase_at(DATA + 4, BASE), rebase_at(DATA + 16, BASE)];
    let error = build(&overlap, &[], &segments(), OFFSETS, &Par::new(1, 0)).unwrap_err();
    assert_eq!(error.to_string(), "fixup 0 overlaps the next one");
    let addresses = Format { pointers: PointerFormat::Address, ..OFFSETS };
    assert!(build(&[rebase_at(DATA, 1 << 36)], &[], &segments(), addresses, &Par::new(1, 0)).is_err());

    let vast = [FixupSegment { address: BASE, size: 1 << 32 }];
    let last = |pages: u64| [rebase_at(BASE + pages * PAGE, BASE)];
    assert!(build(&last(65534), &[], &vast, OFFSETS, &Par::new(1, 0)).is_ok());
    let error = build(&last(65535), &[], &vast, OFFSETS, &Par::new(1, 0)).unwrap_err();
    assert_eq!(error.subject, Subject::Fixup(0));
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let names: Vec<String> = (0..500).map(|i| format!("_symbol{i}")).collect();
    let imports: Vec<_> = names.iter().zip(1..).map(|(n, i)| import(n.as_bytes(), i % 7 + 1)).collect();
    let mut address = DATA;
    let mut fixups: Vec<_> = (0..400_000u64)
        .map(|i| {
            let fixup = match i % 3 {
                0 => bind_at(address, (i % 500) as u32, (i % 900) as i64 - 300),
                _ => rebase_at(address, BASE + i),
            };
            address += 8 + 4 * (i % 5);
            fixup
        })
        .filter(|f| f.address % PAGE != PAGE - 4)
        .collect();
    let one = check(&fixups, &imports, OFFSETS);
    for workers in [2, 3, 8] {
        assert_eq!(build(&fixups, &imports, &segments(), OFFSETS, &Par::new(workers, 0)), Ok(one.clone()));
    }
    // Of two errors, the first.
    for i in [50_000, 60_000, 300_000] {
        fixups[i].value = Value::Rebase { target: 0 };
    }
    for workers in [1, 2, 8] {
        let error = build(&fixups, &imports, &segments(), OFFSETS, &Par::new(workers, 0)).unwrap_err();
        assert_eq!(error.subject, Subject::Fixup(50_000));
    }
}

/// What ld64.lld 19 wrote for `extern int foo(int), bar; int *p = &bar; static int x; int *q = &x; int *r = &bar;` and a
/// `main` that uses both. Its names begin without an empty one; all else is the same.
#[test]
fn a_program_as_lld_links_it() {
    #[rustfmt::skip]
    let theirs: [u32; 28] = [
        0, 0x20, 0x68, 0x70, 2, 1, 0, 0,
        5, 0, 0, 0x18, 0x30, 0,
        0x18, 0x0002_4000, 0x4000, 0, 0, 1,
        0x18, 0x0002_4000, 0x8000, 0, 0, 1,
        0x0001, 0x0a01,
    ];
    let values = [
        0x8010_0000_0000_0000,
        0x8000_0000_0000_0001,
        0x8010_0000_0000_0001,
        0x0010_0001_0000_8018,
        0x8000_0000_0000_0001,
    ];
    let data = CONST + PAGE;
    let fixups = [
        bind_at(CONST, 0, 0),
        bind_at(CONST + 8, 1, 0),
        bind_at(data, 1, 0),
        rebase_at(data + 8, data + 0x18),
        bind_at(data + 16, 1, 0),
    ];
    let sizes = [(0, BASE), (BASE, PAGE), (CONST, PAGE), (data, PAGE), (data + PAGE, PAGE)];
    let segments = sizes.map(|(address, size)| FixupSegment { address, size });
    let addresses = Format { pointers: PointerFormat::Address, ..OFFSETS };
    let imports = [import(b"_foo", 1), import(b"_bar", 1)];
    let ours = build(&fixups, &imports, &segments, addresses, &Par::new(1, 0)).unwrap();
    assert_eq!(ours.values, values);
    let shift = 1 << 9;
    let theirs = theirs.iter().enumerate().map(|(i, word)| if i < 26 { *word } else { word + shift });
    let theirs: Vec<u8> = theirs.flat_map(u32::to_le_bytes).chain(*b"\0_foo\0_bar\0\0\0\0\0\0").collect();
    assert_eq!(ours.payload, theirs);
}
