//! Reads back what was written, with a small reader made from the format alone.

use super::*;
use crate::macho::compact_unwind::RelTarget;
use crate::macho::eh_frame::tests::Bytes;
use crate::macho::eh_frame::{ARM64, Section, parse};
use crate::macho::format::Relocation;

const OUT: u64 = 0x1_0000_1000;

/// Where symbols of the output are: 0x100 for each number, one block for each file; GOT slots are far behind.
fn resolve(file: usize, p: &Pointer) -> u64 {
    let RelTarget { external, symbol_or_section, addend } = p.target;
    assert!(external);
    let block = if p.got { 0x1_0080_0000 } else { 0x1_0010_0000 + file as u64 * 0x1000 };
    block + u64::from(symbol_or_section) * 0x100 + addend
}

/// Reads the output back with the parser, to which distances without relocations are addresses. Personality pointers,
/// which nobody may leave without a relocation, are made direct ones before.
pub(in crate::macho) fn reread(mut bytes: Vec<u8>, address: u64) -> Frames {
    let encodings: Vec<usize> = (0..bytes.len() - 5).filter(|i| bytes[*i..].starts_with(b"zPLR\0")).collect();
    encodings.iter().for_each(|i| {
        assert_eq!(bytes[i + 9], 0x9b);
        bytes[i + 9] = 0x1b;
    });
    parse(&Section { bytes: &bytes, address, relocations: &[] as &[Relocation], start: 0, kinds: ARM64 }, |_| None)
        .unwrap()
}

fn address(p: Option<Pointer>) -> Option<u64> {
    p.map(|p| p.target.addend)
}

#[test]
fn chosen_records_move_and_equal_cies_are_one() {
    // Files with a CIE of each kind; the personality's symbol has another number in each.
    let files: Vec<(Bytes, Frames)> = [(3, false), (7, false), (9, true)]
        .map(|(personality, wide)| {
            let mut b = Bytes::default();
            let (plain, full) = (b.cie(wide, None), b.cie(wide, Some(personality)));
            for (cie, function, lsda) in [(plain, 20, false), (full, 21, true), (full, 22, true), (plain, 23, false)] {
                b.fde(wide, cie, function, lsda);
            }
            let frames = b.parse().unwrap();
            (b, frames)
        })
        .into();
    let which: [&[u32]; 3] = [&[1, 3], &[0, 2], &[2]];
    let chosen: Vec<Chosen<'_>> =
        files.iter().zip(which).map(|((b, frames), fdes)| Chosen { bytes: &b.bytes, frames, fdes }).collect();
    // Files 0 and 1 have the same personality, which is a symbol of two numbers.
    let plan = plan(&chosen, |f, _| if f < 2 { 0 } else { 1 }).unwrap();
    let bytes = write(&plan, &chosen, OUT, resolve).unwrap();
    assert_eq!(bytes.len() as u32, plan.size);
    let out = reread(bytes, OUT);
    // In the order in which FDEs ask: file 0 has both kinds, file 2 a wide one with another personality.
    let personalities: Vec<Option<u64>> = out.cies.iter().map(|c| address(c.personality)).collect();
    assert_eq!(personalities, [Some(0x1_0080_0300), None, Some(0x1_0080_0900)]);
    let found: Vec<(u32, u64, Option<u64>)> =
        out.fdes.iter().map(|f| (f.cie, f.function.target.addend, address(f.lsda))).collect();
    let expected = [
        (0, 0x1_0010_1500, Some(0x1_0010_0200)),
        (1, 0x1_0010_1700, None),
        (1, 0x1_0010_2400, None),
        (0, 0x1_0010_2600, Some(0x1_0010_1200)),
        (2, 0x1_0010_3600, Some(0x1_0010_2200)),
    ];
    assert_eq!(found, expected);
    let offsets: Vec<u32> = plan.files.iter().flat_map(|f| f.offsets.iter().copied()).collect();
    assert_eq!(offsets, out.fdes.iter().map(|f| f.offset).collect::<Vec<_>>());
    assert!(out.fdes.iter().all(|f| f.length == 16));
}

#[test]
fn nothing_chosen_is_nothing_written() {
    let mut b = Bytes::default();
    let cie = b.cie(false, None);
    b.fde(false, cie, 1, false);
    let frames = b.parse().unwrap();
    let chosen = [Chosen { bytes: &b.bytes, frames: &frames, fdes: &[] }];
    let plan = plan(&chosen, |_, _| 0).unwrap();
    assert_eq!((plan.size, write(&plan, &chosen, OUT, resolve)), (0, Ok(Vec::new())));
}

#[test]
fn a_slot_too_far_for_its_pointer_is_an_error_with_its_place() {
    let mut b = Bytes::default();
    let cie = b.cie(false, Some(3));
    b.fde(false, cie, 1, true);
    let frames = b.parse().unwrap();
    let chosen = [Chosen { bytes: &b.bytes, frames: &frames, fdes: &[0] }];
    let plan = plan(&chosen, |_, _| 0).unwrap();
    let far = |distance: u64| {
        write(&plan, &chosen, OUT, |f, p| if p.got { (OUT + 19).wrapping_add(distance) } else { resolve(f, p) })
    };
    assert!(far(0x7fff_ffff).is_ok());
    assert!(far(0x8000_0000_u64.wrapping_neg()).is_ok());
    assert_eq!(far(0x8000_0000), Err(Refused::OutOfRange { file: 0, offset: 19 }));
}
