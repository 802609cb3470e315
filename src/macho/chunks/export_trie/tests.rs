//! Tries are read back, and are the same however names are dealt to jobs.

use super::*;
use std::collections::BTreeMap;

/// The bytes of the trie of exports in any order.
pub fn build(exports: &[Export<'_>], popular: &HashMap<&[u8], u32>) -> Vec<u8> {
    let mut sorted = exports.to_vec();
    sorted.sort_by_key(|export| export.name);
    let bytes = |run: usize| {
        let runs = sorted.chunks(run).map(<[_]>::len).collect();
        let trie = Trie::new(&Exports { runs, get: &|r, i| sorted[r * run + i] }, popular, &Par::new(2, 0));
        let mut out = vec![0; trie.size()];
        trie.write(&mut out, &Par::new(2, 0));
        out
    };
    let whole = bytes(exports.len().max(1));
    // How names are dealt to jobs does not matter.
    [1, 2, 3, 50, 1000]
        .into_iter()
        .filter(|run| *run > 3 || exports.len() < 5000)
        .for_each(|run| assert!(bytes(run) == whole));
    whole
}

/// What a trie says of a name: flags, the numbers behind them, and the name in the other library.
type Said = (u64, Vec<u64>, Vec<u8>);

fn number(trie: &[u8], at: &mut usize) -> u64 {
    let mut value = 0;
    for shift in (0..).step_by(7) {
        let byte = trie[*at];
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    value
}

fn string<'a>(trie: &'a [u8], at: &mut usize) -> &'a [u8] {
    let text = trie[*at..].split(|b| *b == 0).next().unwrap();
    *at += text.len() + 1;
    text
}

/// Every name of a trie, as `mach-o/loader.h` describes it.
fn read(trie: &[u8]) -> BTreeMap<Vec<u8>, Said> {
    let mut found = BTreeMap::new();
    let mut pending = if trie.is_empty() { vec![] } else { vec![(0, Vec::new())] };
    while let Some((mut at, prefix)) = pending.pop() {
        let size = number(trie, &mut at) as usize;
        let end = at + size;
        if size > 0 {
            let flags = number(trie, &mut at);
            let said = if flags & 8 != 0 {
                (flags, vec![number(trie, &mut at)], string(trie, &mut at).to_vec())
            } else if flags & 16 != 0 {
                (flags, vec![number(trie, &mut at), number(trie, &mut at)], Vec::new())
            } else {
                (flags, vec![number(trie, &mut at)], Vec::new())
            };
            assert_eq!(at, end, "the size of {prefix:?}");
            assert!(found.insert(prefix.clone(), said).is_none());
        }
        let children = trie[end];
        at = end + 1;
        for _ in 0..children {
            let name = [&prefix, string(trie, &mut at)].concat();
            pending.push((number(trie, &mut at) as usize, name));
        }
    }
    found
}

fn plain(name: &[u8], address: u64) -> Export<'_> {
    Export { name, flags: 0, target: Target::Address(address) }
}

fn check(exports: &[Export<'_>]) -> Vec<u8> {
    let trie = build(exports, &HashMap::new());
    assert!(trie.len().is_multiple_of(8));
    let expected: BTreeMap<Vec<u8>, Said> = exports
        .iter()
        .map(|e| match e.target {
            Target::Address(address) => (e.name.to_vec(), (e.flags, vec![address], Vec::new())),
            Target::Reexport { ordinal, name } => (e.name.to_vec(), (e.flags | 8, vec![ordinal.into()], name.to_vec())),
            Target::Resolver { stub, resolver } => (e.name.to_vec(), (e.flags | 16, vec![stub, resolver], Vec::new())),
        })
        .collect();
    assert_eq!(read(&trie), expected);
    trie
}

#[test]
fn few_names() {
    assert_eq!(check(&[]), b"");
    assert_eq!(check(&[plain(b"", 5)]), [2, 0, 5, 0, 0, 0, 0, 0]);
    assert_eq!(check(&[plain(b"_a", 0)]), *b"\0\x01_a\0\x06\x02\0\0\0\0\0\0\0\0\0");
    check(&[plain(b"", 1), plain(b"_", 2), plain(b"__", 3)]);
    check(&[plain(b"_main", 0x4000), plain(b"_mail", 0x4010), plain(b"_ma", 1 << 40), plain(b"x", u64::MAX)]);
}

#[test]
fn every_kind_of_target() {
    let weak = 4;
    check(&[
        Export { name: b"_same", flags: 0, target: Target::Reexport { ordinal: 300, name: b"" } },
        Export { name: b"_other", flags: weak, target: Target::Reexport { ordinal: 1, name: b"_there" } },
        Export { name: b"_chosen", flags: 0, target: Target::Resolver { stub: 0x8000, resolver: 0x10 } },
        Export { name: b"_tlv", flags: 1 | weak, target: Target::Address(0x1_0000) },
        Export { name: b"_absolute", flags: 2, target: Target::Address(u64::MAX) },
        Export { name: b"_future", flags: 0x80, target: Target::Address(3) },
    ]);
}

#[test]
fn the_first_of_equal_names_counts() {
    let exports = [plain(b"_a", 1), plain(b"_b", 2), plain(b"_a", 3), plain(b"", 4), plain(b"", 5)];
    let once = [plain(b"_a", 1), plain(b"_b", 2), plain(b"", 4)];
    assert_eq!(build(&exports, &HashMap::new()), check(&once));
}

#[test]
fn popular_names_come_first() {
    let names: [&[u8]; 5] = [b"_a", b"_b", b"_ba", b"_bc", b"_c"];
    let exports: Vec<_> = names.iter().zip(1..).map(|(name, i)| plain(name, i)).collect();
    let popular = HashMap::from([(&b"_bc"[..], 0), (b"_a", 1), (b"_absent", 2)]);
    let trie = build(&exports, &popular);
    assert_eq!(read(&trie), read(&check(&exports)));
    let place = |address: u8| trie.windows(4).position(|w| w[..3] == [2, 0, address]).expect("it is there");
    assert!([2, 4, 3, 1, 5].map(place).is_sorted(), "{trie:?}");
}

#[test]
fn every_byte_can_follow_a_prefix() {
    let names: Vec<[u8; 2]> = (1..=255).map(|b| [b'_', b]).collect();
    let exports: Vec<_> = names.iter().zip(0..).map(|(name, i)| plain(name, i)).collect();
    check(&exports);
}

#[test]
fn each_name_the_prefix_of_the_next() {
    let name = [b'n'; 3000];
    let exports: Vec<_> = (0..=name.len()).map(|len| plain(&name[..len], len as u64)).collect();
    check(&exports);
}

/// Ever larger tries cross every border at which an offset takes one byte more.
#[test]
fn offsets_at_the_borders_of_their_sizes() {
    let names: Vec<String> = (0..40_000).map(|i| format!("_{i:05}")).collect();
    let exports: Vec<_> = names.iter().map(|name| plain(name.as_bytes(), 0)).collect();
    (1..60).chain(2650..2700).for_each(|count| drop(check(&exports[..count])));
    check(&exports);
}

#[test]
fn a_hundred_thousand_random_names_in_any_order() {
    let mut state = 1u64;
    let mut random = |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let mut names: Vec<Vec<u8>> = Vec::new();
    for _ in 0..100_000 {
        // A piece of an earlier name and something new, as mangled names are.
        let mut name = match names.len() as u64 {
            0 => Vec::new(),
            n => names[random(n) as usize].clone(),
        };
        name.truncate(random(40) as usize);
        name.extend((0..random(12)).map(|_| b"_ZN1234abcdef"[random(13) as usize]));
        names.push(name);
    }
    let mut addresses = BTreeMap::new();
    for name in &names {
        addresses.insert(name.as_slice(), random(1 << 30));
    }
    let mut exports: Vec<_> = addresses.iter().map(|(name, address)| plain(name, *address)).collect();
    let trie = check(&exports);
    exports.reverse();
    assert_eq!(build(&exports, &HashMap::new()), trie);
}

/// What ld64.lld 19 wrote for these exports: the reader understands it, and ours is not longer.
#[test]
fn as_short_as_that_of_lld() {
    let theirs = b"\0\x01_\0\x05\0\x08_mh_execute_header\x007c\0;other\0Ap\0Fq\0Lmain\0Rd\0Wb\0]\x02\0\0\0\
        \x04\0\x98\x80\x02\0\x03\0\xe0\x09\0\x04\0\x80\x80\x02\0\x04\0\x88\x80\x02\0\x03\0\xe8\x09\0\
        \x04\0\xa0\x80\x02\0\x04\0\x90\x80\x02\0\0\0\0\0\0";
    let exports = [
        plain(b"__mh_execute_header", 0),
        plain(b"_c", 0x8018),
        plain(b"_other", 0x4e0),
        plain(b"_p", 0x8000),
        plain(b"_q", 0x8008),
        plain(b"_main", 0x4e8),
        plain(b"_d", 0x8020),
        plain(b"_b", 0x8010),
    ];
    let ours = check(&exports);
    assert_eq!(read(theirs), read(&ours));
    assert_eq!(ours.len(), theirs.len());
}
