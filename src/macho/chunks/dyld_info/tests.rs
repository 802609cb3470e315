//! Streams are run by a machine made from `mach-o/loader.h`, and must do what they were made from.

use super::*;
use std::collections::BTreeSet;

const SEGMENT: u64 = 0x10_0000;

/// Segments of 1 MiB, one after the other; the first is `__PAGEZERO`.
fn segments(count: u64) -> Vec<FixupSegment> {
    (0..count).map(|i| FixupSegment { address: i * SEGMENT, size: SEGMENT }).collect()
}

fn rebase_at(address: u64) -> Fixup {
    Fixup { address, value: Value::Rebase { target: 0 } }
}

fn bind_at(address: u64, import: u32, addend: i64) -> Fixup {
    Fixup { address, value: Value::Bind { import, addend } }
}

fn import(name: &[u8], ordinal: i32) -> Import<'_> {
    Import { name, ordinal, weak: false }
}

struct Stream<'a>(&'a [u8]);

impl<'a> Stream<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> u64 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let byte = self.byte().unwrap();
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        value
    }

    fn signed(&mut self) -> i64 {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.byte().unwrap();
            value |= i64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                return if byte & 0x40 != 0 && shift < 64 { value | -1 << shift } else { value };
            }
        }
    }

    fn name(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|b| *b == 0).unwrap();
        let name = &self.0[..end];
        self.0 = &self.0[end + 1..];
        name
    }
}

/// The addresses that a rebase stream rebases, in its order.
fn run_rebase(stream: &[u8], segments: &[FixupSegment]) -> Vec<u64> {
    let (mut found, mut address, mut kind) = (Vec::new(), 0u64, 0);
    let mut stream = Stream(stream);
    while let Some(byte) = stream.byte() {
        let (operand, mut times, mut skip) = (byte & 0xf, 0, 0);
        match byte & 0xf0 {
            0x00 => break,
            0x10 => kind = operand,
            0x20 => address = segments[usize::from(operand)].address + stream.number(),
            0x30 => address += stream.number(),
            0x40 => address += u64::from(operand) * 8,
            0x50 => times = operand.into(),
            0x60 => times = stream.number(),
            0x70 => (times, skip) = (1, stream.number()),
            0x80 => (times, skip) = (stream.number(), stream.number()),
            _ => panic!("opcode {byte:#x}"),
        }
        for _ in 0..times {
            assert_eq!(kind, 1);
            found.push(address);
            address += 8 + skip;
        }
    }
    assert!(stream.0.iter().all(|b| *b == 0) && stream.0.len() < 8);
    found
}

/// What a bind does: address, library, name, flags, addend.
type Bound = (u64, i64, Vec<u8>, u8, i64);

/// What a bind stream binds, and the names that it says and does not bind, in its order.
fn run_bind(stream: &[u8], segments: &[FixupSegment]) -> (Vec<Bound>, Vec<(Vec<u8>, u8)>) {
    let (mut found, mut names) = (Vec::new(), Vec::new());
    let (mut address, mut kind, mut library, mut addend) = (0u64, 0, 0, 0);
    let (mut name, mut flags): (&[u8], u8) = (b"", 0);
    let mut stream = Stream(stream);
    while let Some(byte) = stream.byte() {
        let (operand, mut times, mut skip) = (byte & 0xf, 0, 0);
        match byte & 0xf0 {
            0x00 => break,
            0x10 => library = operand.into(),
            0x20 => library = stream.number() as i64,
            0x30 => library = if operand == 0 { 0 } else { i64::from((operand | 0xf0) as i8) },
            0x40 => {
                (name, flags) = (stream.name(), operand);
                names.push((name.to_vec(), flags));
            }
            0x50 => kind = operand,
            0x60 => addend = stream.signed(),
            0x70 => address = segments[usize::from(operand)].address + stream.number(),
            0x80 => address += stream.number(),
            0x90 => times = 1,
            0xa0 => (times, skip) = (1, stream.number()),
            0xb0 => (times, skip) = (1, u64::from(operand) * 8),
            0xc0 => (times, skip) = (stream.number(), stream.number()),
            _ => panic!("opcode {byte:#x}"),
        }
        for _ in 0..times {
            assert_eq!(kind, 1);
            found.push((address, library, name.to_vec(), flags, addend));
            address += 8 + skip;
        }
    }
    assert!(stream.0.iter().all(|b| *b == 0) && stream.0.len() < 8);
    (found, names)
}

fn check_rebase(offsets: &[u64]) -> Vec<u8> {
    let fixups: Vec<_> = offsets.iter().map(|at| rebase_at(SEGMENT + at)).collect();
    let stream = rebase(&fixups, &segments(16)).unwrap();
    assert!(stream.len().is_multiple_of(8));
    let expected: Vec<_> = fixups.iter().map(|f| f.address).collect();
    assert_eq!(run_rebase(&stream, &segments(16)), expected);
    stream
}

fn check_bind(fixups: &[Fixup], imports: &[Import<'_>]) -> Vec<u8> {
    let stream = bind(fixups, imports, &segments(16)).unwrap();
    assert!(stream.len().is_multiple_of(8));
    let (mut found, names) = run_bind(&stream, &segments(16));
    found.sort();
    assert_eq!(found, meant(fixups, imports, true));
    let distinct: BTreeSet<_> = names.iter().collect();
    assert!(distinct.len() <= imports.len());
    stream
}

fn meant(fixups: &[Fixup], imports: &[Import<'_>], with_library: bool) -> Vec<Bound> {
    let bound = |f: &Fixup| match f.value {
        Value::Rebase { .. } => None,
        Value::Bind { import, addend } => {
            let import = imports[import as usize];
            let library = if with_library { import.ordinal.into() } else { 0 };
            Some((f.address, library, import.name.to_vec(), (with_library && import.weak).into(), addend))
        }
    };
    fixups.iter().filter_map(bound).collect()
}

fn random(state: &mut u64, bound: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % bound
}

#[test]
fn nothing() {
    assert_eq!(check_rebase(&[]), b"");
    assert_eq!(check_bind(&[rebase_at(SEGMENT)], &[import(b"_a", 1)]), b"");
    assert_eq!(weak_bind(&[], &[], &[], &segments(2)), Ok(Vec::new()));
    assert_eq!(lazy_bind(&[], &[], &segments(2)), Ok(Lazy::default()));
    assert_eq!(rebase(&[bind_at(SEGMENT, 0, 0)], &segments(2)), Ok(Vec::new()));
}

#[test]
fn rebases_are_runs() {
    // Type, place, then the run and the end.
    assert_eq!(check_rebase(&[0]), [0x11, 0x21, 0, 0x51, 0, 0, 0, 0]);
    assert_eq!(check_rebase(&[8, 16, 24]), [0x11, 0x21, 8, 0x53, 0, 0, 0, 0]);
    let many: Vec<u64> = (0..16).map(|i| 8 * i).collect();
    assert_eq!(check_rebase(&many), [0x11, 0x21, 0, 0x60, 16, 0, 0, 0]);
    assert_eq!(check_rebase(&many[..15]), [0x11, 0x21, 0, 0x5f, 0, 0, 0, 0]);
    let apart: Vec<u64> = (0..100).map(|i| 24 * i).collect();
    assert_eq!(check_rebase(&apart), [0x11, 0x21, 0, 0x80, 100, 16, 0, 0]);
    // A run of gaps that ends in a run without.
    assert_eq!(check_rebase(&[0, 16, 32, 40, 48]), [0x11, 0x21, 0, 0x80, 2, 8, 0x53, 0]);
    assert_eq!(check_rebase(&[0, 8, 128, 136]), [0x11, 0x21, 0, 0x52, 0x4e, 0x52, 0, 0]);
    assert_eq!(check_rebase(&[0, 8, 0x1010]), [0x11, 0x21, 0, 0x52, 0x30, 0x80, 0x20, 0x51, 0, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(check_rebase(&[0, 9]), [0x11, 0x21, 0, 0x70, 1, 0x51, 0, 0]);
}

#[test]
fn rebases_in_many_segments_and_the_last_that_has_a_number() {
    let fixups: Vec<_> = (1..16).flat_map(|i| [rebase_at(i * SEGMENT), rebase_at(i * SEGMENT + SEGMENT - 8)]).collect();
    let stream = rebase(&fixups, &segments(16)).unwrap();
    assert_eq!(run_rebase(&stream, &segments(16)), fixups.iter().map(|f| f.address).collect::<Vec<_>>());
}

#[test]
fn places_at_random() {
    let mut state = 7;
    let names: Vec<String> = (0..40).map(|i| format!("_symbol{i}")).collect();
    let library = |i: usize| [-3, -2, -1, 0, 1, 15, 16, 253, 254, 300, 70_000][i % 11];
    let weak = |i| i % 3 == 0;
    let imports: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(i, n)| Import { name: n.as_bytes(), ordinal: library(i), weak: weak(i) })
        .collect();
    for round in 0..300 {
        let mut address = SEGMENT;
        let mut fixups = Vec::new();
        for _ in 0..random(&mut state, 400) {
            let repeat = 1 + random(&mut state, 12);
            let distance = [8, 8, 16, 24, 9, 136, 4096, SEGMENT + 8][random(&mut state, 8) as usize];
            let value = match random(&mut state, 2) {
                0 => Value::Rebase { target: 0 },
                _ => Value::Bind {
                    import: random(&mut state, 40) as u32,
                    addend: [0, 0, 0, 1, -1, i64::MIN, i64::MAX][random(&mut state, 7) as usize],
                },
            };
            for _ in 0..if distance > SEGMENT { 1 } else { repeat } {
                fixups.push(Fixup { address, value });
                address += distance;
            }
        }
        fixups.retain(|f| f.address < 16 * SEGMENT);
        let stream = rebase(&fixups, &segments(16)).unwrap();
        let rebased = fixups.iter().filter(|f| matches!(f.value, Value::Rebase { .. }));
        assert_eq!(run_rebase(&stream, &segments(16)), rebased.map(|f| f.address).collect::<Vec<_>>(), "{round}");
        check_bind(&fixups, &imports);
    }
}

#[test]
fn binds_say_each_library_symbol_and_addend_once() {
    let imports = [import(b"_a", 2), import(b"_b", 1), import(b"", 2)];
    let fixups: Vec<_> = (0..300).map(|i| bind_at(SEGMENT + 8 * i, (i % 3) as u32, (i % 2) as i64)).collect();
    let stream = check_bind(&fixups, &imports);
    let (found, names) = run_bind(&stream, &segments(16));
    let said: Vec<&[u8]> = names.iter().map(|(name, _)| name.as_slice()).collect();
    assert_eq!(said, [&b"_b"[..], b"_a", b""]);
    assert_eq!(found.len(), 300);
    // Six runs of fifty places 48 bytes apart.
    assert!(stream.len() < 72, "{}", stream.len());
}

#[test]
fn a_bind_opcode_by_opcode() {
    let imports = [Import { name: b"_a", ordinal: 1, weak: true }, import(b"_b", -2), import(b"_c", 16)];
    let at = |offset, import, addend| bind_at(SEGMENT + offset, import, addend);
    let fixups = [at(0, 1, 0), at(8, 0, 0), at(32, 0, 0), at(40, 2, -5)];
    let expected = [
        &[0x3e, 0x40][..],
        b"_b\0",
        &[0x51, 0x71, 0, 0x90], // to the place that comes next, of _a
        &[0x11, 0x41],
        b"_a\0",
        &[0xb2, 0x90, 0x20, 16, 0x40],
        b"_c\0",
        &[0x60, 0x7b, 0x90, 0],
    ];
    let mut expected = expected.concat();
    expected.resize(expected.len().next_multiple_of(8), 0);
    assert_eq!(check_bind(&fixups, &imports), expected);
}

#[test]
fn weak_binds_are_in_the_order_of_names_among_strong_definitions() {
    let imports = [import(b"_m", 1), import(b"_b", 2), import(b"__Z3foov", -3), import(b"_z", 1)];
    let fixups: Vec<_> = (0..40).map(|i| bind_at(SEGMENT + 16 * i, (i % 4) as u32, (i % 3) as i64)).collect();
    let strong: [&[u8]; 5] = [b"_zz", b"_m", b"", b"_c", b"_c"];
    let stream = weak_bind(&fixups, &imports, &strong, &segments(2)).unwrap();
    let (mut found, names) = run_bind(&stream, &segments(2));
    found.sort();
    assert_eq!(found, meant(&fixups, &imports, false));
    let expected: [(&[u8], u8); 8] =
        [(b"", 8), (b"__Z3foov", 0), (b"_b", 0), (b"_c", 8), (b"_m", 8), (b"_m", 0), (b"_z", 0), (b"_zz", 8)];
    assert_eq!(names, expected.map(|(name, flags)| (name.to_vec(), flags)));

    let stream = weak_bind(&[], &[], &[b"_only"], &segments(2)).unwrap();
    assert_eq!(stream, b"\x48_only\0\0");
}

#[test]
fn lazy_programs_stand_alone() {
    let imports = [import(b"_a", 1), Import { name: b"_b", ordinal: 300, weak: true }, import(b"_c", -2)];
    let fixups = [bind_at(SEGMENT + 0x1000, 2, 0), bind_at(SEGMENT, 0, 0), bind_at(2 * SEGMENT + 8, 1, 0)];
    let lazy = lazy_bind(&fixups, &imports, &segments(3)).unwrap();
    assert!(lazy.stream.len().is_multiple_of(8));
    for (fixup, offset) in fixups.iter().zip(&lazy.offsets) {
        // A lazy program does not say that it binds a pointer.
        let program = [&[0x51], &lazy.stream[*offset as usize..]].concat();
        let end = lazy.offsets.iter().filter(|o| *o > offset).min().map_or(lazy.stream.len(), |o| *o as usize);
        let (found, _) = run_bind(&program[..1 + end - *offset as usize], &segments(3));
        assert_eq!(found, meant(std::slice::from_ref(fixup), &imports, true));
    }
    assert_eq!(lazy.stream[..12], *b"\x71\x80\x20\x3e\x40_c\0\x90\0\x71\0");
}

#[test]
fn what_opcodes_cannot_say_is_named() {
    let imports = [import(b"_a", 1)];
    let good = bind_at(SEGMENT, 0, 0);
    let subject = |result: Result<Vec<u8>, Error>| result.unwrap_err().subject;
    for bad in [16 * SEGMENT, 17 * SEGMENT, SEGMENT + 4] {
        let binds = [good, bind_at(bad, 0, 0)];
        assert_eq!(subject(bind(&binds, &imports, &segments(17))), Subject::Fixup(1));
        let rebases = [good, rebase_at(SEGMENT), rebase_at(bad)];
        assert_eq!(subject(rebase(&rebases, &segments(17))), Subject::Fixup(2));
    }
    for bad in [bind_at(16 * SEGMENT, 0, 0), bind_at(SEGMENT, 0, 1), rebase_at(SEGMENT)] {
        let error = lazy_bind(&[good, bad], &imports, &segments(17)).unwrap_err();
        assert_eq!(error.subject, Subject::Fixup(1));
    }
}

/// What ld64.lld 19 wrote for a program with pointers to itself and to others, in arrays and alone, with addends and weak
/// definitions: its streams do the same as ours, which are not longer.
#[test]
fn as_short_as_those_of_lld() {
    let theirs_rebase = b"\x11\x23\0\x52\x43\x70\x48\x55\x41\x80\x03\x08\x53\0\0\0";
    let theirs_bind =
        b"\x40_bar\0\x51\x11\x72\0\x90\x73\x20\x90\x80\x20\x90\x90\x90\x90\x90\x90\x80\x90\x01\x90\x80\x08\
        \x90\x80\x08\x90\x80\x08\x90\x80\x08\x90\x40dyld_stub_binder\0\x51\x72\x08\x90\x40_wk\0\x51\x73\x10\x90\x90\
        \x40_big\0\x51\x80\x10\x60\x05\x90\x60\x7d\x90\x60\xac\x02\x90\0\0\0\0\0\0\0";
    let theirs_weak = b"\x40_strongw\0\x51\x73\x08\x90\x40_wk\0\x51\x90\x90\0\0\0";
    let theirs_lazy = b"\x73\0\x11\x40_foo\0\x90\0\0\0\0\0\0";
    let base = 0x1_0000_0000;
    let spans = [(0, base), (base, 0x4000), (base + 0x4000, 0x4000), (base + 0x8000, 0x4000), (base + 0xc000, 0x510)];
    let segments = spans.map(|(address, size)| FixupSegment { address, size });
    let names: [&[u8]; 6] = [b"_bar", b"dyld_stub_binder", b"_wk", b"_big", b"_foo", b"_strongw"];
    let imports = names.map(|name| import(name, 1));
    let bar = [0x4000, 0x8020, 0x8048, 0x8050, 0x8058, 0x8060, 0x8068, 0x8070, 0x8108, 0x8118, 0x8128, 0x8138, 0x8148];
    let others = [(0x4008, 1, 0), (0x8010, 2, 0), (0x8018, 2, 0), (0x8030, 3, 5), (0x8038, 3, -3), (0x8040, 3, 300)];
    let rebased = [0x00, 0x08, 0x28, 0x78, 0x80, 0x88, 0x90, 0x98, 0xa8, 0xb8, 0xc8, 0xd8, 0xe0, 0xe8];
    let mut fixups: Vec<_> = bar.iter().map(|at| bind_at(base + at, 0, 0)).collect();
    fixups.extend(others.map(|(at, import, addend)| bind_at(base + at, import, addend)));
    fixups.extend(rebased.map(|at| rebase_at(base + 0x8000 + at)));
    fixups.sort_by_key(|f| f.address);

    assert_eq!(rebase(&fixups, &segments).unwrap(), theirs_rebase);
    let sorted = |stream: &[u8]| {
        let (mut found, _) = run_bind(stream, &segments);
        found.sort();
        found
    };
    let ours = bind(&fixups, &imports, &segments).unwrap();
    assert_eq!(sorted(&ours), sorted(theirs_bind));
    assert!(ours.len() <= theirs_bind.len());
    let weak = [(0x8008, 5), (0x8010, 2), (0x8018, 2)].map(|(at, import)| bind_at(base + at, import, 0));
    let ours = weak_bind(&weak, &imports, &[], &segments).unwrap();
    assert_eq!(sorted(&ours), sorted(theirs_weak));
    assert!(ours.len() <= theirs_weak.len());
    let lazy = lazy_bind(&[bind_at(base + 0x8000, 4, 0)], &imports, &segments).unwrap();
    assert_eq!((lazy.stream.as_slice(), lazy.offsets), (&theirs_lazy[..], vec![0]));
}
