//! What `sinew::base` does with names, strings and pages, on data made for it: one thread, no files.

use std::hint::black_box;

use sinew::base::hash::{hash_block, hash_name};
use sinew::base::ids::FileId;
use sinew::base::intern::{Bins, Names, shard_count};
use sinew::base::par::Par;
use sinew::base::rank::{AtomicRank, Rank};
use sinew::base::sha256::{self, sha256, soft};
use sinew::base::view::cstr;
use sinew::base::{deflate, demangle, inflate};

use crate::Work;
use crate::timing::{Effort, median_ns};

/// How many different names there are, and how often each occurs: as in a large program in C++.
const NAME_COUNT: usize = 50_000;
const OCCURRENCES: usize = 3;
const PAGE: usize = 4096;
const PAGE_COUNT: usize = 256;

/// Names as the Itanium ABI mangles them, some 60 bytes long, with long parts in common.
fn names() -> Vec<String> {
    let name = |number: usize| {
        let (class, method) = (number / 40, number % 40);
        format!("_ZN4llvm12SelectionDAG{}Class{class}6methodILj{method}EEENS_7SDValueERKNS_5SDLocE", class % 7 + 10)
    };
    (0..NAME_COUNT).map(name).collect()
}

/// All measurements whose name `is_wanted`.
pub(crate) fn measure(effort: Effort, is_wanted: &dyn Fn(&str) -> bool) -> Vec<(String, f64, Work)> {
    let mut rows = Vec::new();
    let mut add = |name: &str, work: Work, run: &mut dyn FnMut()| {
        if is_wanted(name) {
            rows.push((name.to_owned(), median_ns(effort, run), work));
        }
    };
    of_names(&mut add);
    of_pages(&mut add);
    rows
}

/// Takes a measurement's name, how much work it is, and the work.
type Add<'a> = dyn FnMut(&str, Work, &mut dyn FnMut()) + 'a;

fn of_names(add: &mut Add<'_>) {
    let names = names();
    // An object's string table: the names one after the other, each ended by NUL.
    let table: Vec<u8> = names.iter().flat_map(|name| [name.as_bytes(), b"\0"].concat()).collect();
    let mut end = 0;
    let offsets: Vec<u32> = names
        .iter()
        .map(|name| {
            let start = end;
            end += name.len() as u32 + 1;
            start
        })
        .collect();
    let name_bytes = table.len() as u64;
    let each = Work { items: NAME_COUNT as u64, item: "name", bytes: name_bytes };
    add("find the end of a name", each, &mut || {
        let total: usize = offsets.iter().map(|offset| cstr(&table, *offset).map_or(0, <[u8]>::len)).sum();
        assert_eq!(total as u64 + NAME_COUNT as u64, name_bytes);
    });
    add("hash a name", each, &mut || {
        black_box(names.iter().fold(0, |sum, name| sum ^ hash_name(name.as_bytes())));
    });

    // Files of 1,000 names, in an order that no table has.
    let occurrences = NAME_COUNT * OCCURRENCES;
    let order: Vec<&[u8]> = (0..occurrences).map(|at| names[at * 7919 % NAME_COUNT].as_bytes()).collect();
    let hashes: Vec<u64> = order.iter().map(|name| hash_name(name)).collect();
    let many = Work { items: occurrences as u64, item: "occurrence", bytes: name_bytes * OCCURRENCES as u64 };
    let shards = shard_count(occurrences);
    let bin = || {
        let files = order.chunks(1000).zip(hashes.chunks(1000)).enumerate();
        let bins = files.map(|(file, (names, hashes))| {
            let mut bins = Bins::new(shards, names.len());
            for (at, (name, hash)) in names.iter().zip(hashes).enumerate() {
                bins.push(name, *hash, (file * 1000 + at) as u32);
            }
            bins.sort()
        });
        bins.collect::<Vec<_>>()
    };
    add("intern: bin by shard", many, &mut || drop(black_box(bin())));
    let bins = bin();
    let one_thread = Par::new(1, 0);
    add("intern: fill the table", many, &mut || drop(black_box(Names::fill(&bins, occurrences, &one_thread))));

    let (_, ids) = Names::fill(&bins, occurrences, &one_thread);
    let id_count = ids.iter().max().map_or(0, |id| *id as usize + 1);
    add("resolve: minimum of ranks", Work { bytes: 0, ..many }, &mut || {
        let winners = AtomicRank::nobody(id_count);
        for (at, id) in ids.iter().enumerate() {
            let rank = Rank::new(at as u64 % 3, FileId((at / 1000) as u32), at as u32 % 1000);
            winners[*id as usize].claim(rank);
        }
        drop(black_box(winners));
    });
    let few = &names[..2000];
    let bytes = few.iter().map(|name| name.len() as u64).sum();
    add("demangle a name", Work { items: few.len() as u64, item: "name", bytes }, &mut || {
        few.iter().for_each(|name| drop(black_box(demangle::demangle(name.as_bytes()))));
    });
}

fn of_pages(add: &mut Add<'_>) {
    let pages: Vec<u8> =
        (0..PAGE * PAGE_COUNT).map(|at| ((at as u32).wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let each = Work { items: PAGE_COUNT as u64, item: "page", bytes: pages.len() as u64 };
    add("SHA-256 of a page, as linked", each, &mut || {
        for page in pages.chunks(PAGE) {
            black_box(sha256(page));
        }
    });
    add("SHA-256 of a page, portable", each, &mut || {
        for page in pages.chunks(PAGE) {
            // Without the padding, which is one block of 65.
            let mut state = [0; 8];
            soft::compress(&mut state, page.as_chunks::<{ sha256::BLOCK }>().0);
            black_box(state);
        }
    });
    add("build-id hash of 256 KiB", Work { items: 4, item: "block", ..each }, &mut || {
        for block in pages.chunks(256 << 10) {
            black_box(hash_block(block));
        }
    });
    let text = names().concat().into_bytes();
    let text = &text[..1 << 20];
    let megabyte = Work { items: 1, item: "MiB", bytes: text.len() as u64 };
    add("compress debug sections", megabyte, &mut || drop(black_box(deflate::deflate_zlib(text))));
    let packed = deflate::deflate_zlib(text);
    let mut out = vec![0; text.len()];
    add("inflate debug sections", megabyte, &mut || {
        inflate::inflate_zlib(&packed, &mut out).expect("what was compressed here is well-formed");
    });
}
