//! The export trie: what dyld looks names up in (`LC_DYLD_EXPORTS_TRIE`, or the export part of `LC_DYLD_INFO_ONLY`).
//!
//! A trie of names with whole strings on its edges (`mach-o/loader.h`, at `export_off`). A node is:
//!
//! ```text
//! uleb   size of what the node exports, 0 if no name ends here
//!        uleb flags, then: uleb address from the mach header
//!                          | uleb library ordinal, NUL-terminated name there (empty: the same)   for a re-export
//!                          | uleb stub's address, uleb resolver's address                        for a resolver
//! u8     number of children, and for each the NUL-terminated string on the edge, uleb offset of the child in the trie
//! ```
//!
//! An offset's own size moves the nodes behind it. All start with one byte and grow until every one fits, so the trie is
//! the smallest for its order, which is preorder: a look-up walks forward through memory.
//! Cost: one sort of the names if they are not sorted, then linear in their bytes; a handful of allocations whatever the number of names.

use crate::base::leb128::{uleb_size, write_uleb};
use crate::macho::format::{EXPORT_SYMBOL_FLAGS_REEXPORT, EXPORT_SYMBOL_FLAGS_STUB_AND_RESOLVER};
use std::collections::HashMap;

/// A name that other images may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Export<'a> {
    /// The symbol's name, with its underscore and without a NUL.
    pub name: &'a [u8],
    /// `EXPORT_SYMBOL_FLAGS_*`: the kind and whether it is weak. What `target` implies is added.
    pub flags: u64,
    /// What the name stands for.
    pub target: Target<'a>,
}

/// What an exported name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target<'a> {
    /// Bytes from the mach header; for an absolute symbol, its value.
    Address(u64),
    /// A symbol of another library.
    Reexport {
        /// The library, from 1 in the order of load commands.
        ordinal: u32,
        /// The symbol's name there; empty if it is the same.
        name: &'a [u8],
    },
    /// A function that is chosen at run time.
    Resolver {
        /// Bytes from the mach header to the stub that jumps to what was chosen.
        stub: u64,
        /// Bytes from the mach header to the function that chooses.
        resolver: u64,
    },
}

/// The trie of `exports`, which may come in any order; of equal names the first counts. `popular` names are found first
/// where they share a path with others (`-exported_symbols_order`): the most popular has number 0, those that nobody
/// named have none. Padded to a multiple of 8 bytes; nothing at all for no exports.
pub fn build(exports: &[Export<'_>], popular: &HashMap<&[u8], u32>) -> Vec<u8> {
    if exports.is_empty() {
        return Vec::new();
    }
    let mut sorted: Vec<&Export<'_>> = exports.iter().collect();
    let mut branches = grow(&sorted).unwrap_or_else(|| {
        sorted.sort_by_key(|export| export.name);
        grow(&sorted).expect("it was just sorted")
    });
    if !popular.is_empty() {
        favour(&mut branches, &sorted, popular);
    }
    let nodes = preorder(&branches, &sorted);
    let (offsets, size) = place(&nodes);
    write(&nodes, &offsets, size, &sorted)
}

/// No node, or no export.
const NONE: u32 = u32::MAX;

/// A node while the trie grows. It stands for the first `depth` bytes of the name of export `name`.
#[derive(Debug, Clone, Copy)]
struct Branch {
    name: u32,
    depth: u32,
    /// Whether `name` ends here.
    ends: bool,
    first_child: u32,
    last_child: u32,
    next_sibling: u32,
}

impl Branch {
    fn new(name: usize, depth: usize, ends: bool) -> Self {
        let [name, depth] = [name, depth].map(|n| u32::try_from(n).expect("less than 4 GiB of names"));
        Branch { name, depth, ends, first_child: NONE, last_child: NONE, next_sibling: NONE }
    }
}

/// Makes a trie of sorted names; the root is node 0. `None` if they are not sorted.
///
/// The path to the last name lies on a stack. How much the next name shares with the last says how far to go back; if that
/// is amid an edge, the edge is cut in two.
fn grow(sorted: &[&Export<'_>]) -> Option<Vec<Branch>> {
    let mut branches = Vec::with_capacity(2 * sorted.len() + 1);
    branches.push(Branch::new(0, 0, sorted[0].name.is_empty()));
    let mut path: Vec<u32> = vec![0];
    let mut last: &[u8] = b"";
    for (i, export) in sorted.iter().enumerate() {
        let shared = shared_prefix(last, export.name);
        match (last.get(shared), export.name.get(shared)) {
            (None, None) => continue, // The root, or a name that was there.
            (Some(_), None) => return None,
            (Some(before), Some(after)) if before > after => return None,
            _ => {}
        }
        let mut below = NONE;
        while branches[top(&path)].depth as usize > shared {
            let branch = path.pop().expect("the root has depth 0");
            if below != NONE {
                append(&mut branches, branch, below);
            }
            below = branch;
        }
        if (branches[top(&path)].depth as usize) < shared {
            path.push(branches.len() as u32);
            branches.push(Branch::new(i, shared, false));
        }
        if below != NONE {
            append(&mut branches, path[path.len() - 1], below);
        }
        path.push(branches.len() as u32);
        branches.push(Branch::new(i, export.name.len(), true));
        last = export.name;
    }
    for pair in path.windows(2).rev() {
        append(&mut branches, pair[0], pair[1]);
    }
    Some(branches)
}

fn top(path: &[u32]) -> usize {
    path[path.len() - 1] as usize
}

/// Makes `child` the last child of `parent`.
fn append(branches: &mut [Branch], parent: u32, child: u32) {
    let before = std::mem::replace(&mut branches[parent as usize].last_child, child);
    if before == NONE {
        branches[parent as usize].first_child = child;
    } else {
        branches[before as usize].next_sibling = child;
    }
}

fn shared_prefix(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// A node in its place. Its children follow it, each with all that is below it.
#[derive(Debug, Clone, Copy)]
struct Node {
    /// Index of the parent; the root's is its own.
    parent: u32,
    /// Index of the next child of the same parent, or [`NONE`].
    next_sibling: u32,
    child_count: u32,
    /// The export whose name ends here, or [`NONE`].
    export: u32,
    /// The export whose name has the string on the edge to this node, and where in the name it begins and ends.
    name: u32,
    label: (u32, u32),
    /// Bytes of the node without the offsets of its children.
    fixed_size: u32,
}

/// Puts siblings in the order of the most popular name below each; the others stay behind, sorted.
fn favour(branches: &mut [Branch], sorted: &[&Export<'_>], popular: &HashMap<&[u8], u32>) {
    let children = |branches: &[Branch], parent: usize| {
        let next = |child: &u32| Some(branches[*child as usize].next_sibling).filter(|next| *next != NONE);
        let first = Some(branches[parent].first_child).filter(|first| *first != NONE);
        std::iter::successors(first, next).collect::<Vec<u32>>()
    };
    // Parents before their children, so that backwards each is met when all below it is known.
    let mut down = vec![0u32];
    let mut at = 0;
    while let Some(&parent) = down.get(at) {
        down.extend(children(branches, parent as usize));
        at += 1;
    }
    let mut best = vec![u32::MAX; branches.len()];
    for &parent in down.iter().rev() {
        let parent = parent as usize;
        let mut below = children(branches, parent);
        below.sort_by_key(|child| best[*child as usize]);
        let own = if branches[parent].ends { popular.get(sorted[branches[parent].name as usize].name) } else { None };
        let first = below.first().map_or(u32::MAX, |child| best[*child as usize]);
        best[parent] = first.min(own.copied().unwrap_or(u32::MAX));
        branches[parent].first_child = below.first().copied().unwrap_or(NONE);
        for (i, child) in below.iter().enumerate() {
            branches[*child as usize].next_sibling = below.get(i + 1).copied().unwrap_or(NONE);
        }
    }
}

/// Numbers the nodes in preorder and computes what does not depend on offsets.
fn preorder(branches: &[Branch], sorted: &[&Export<'_>]) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::with_capacity(branches.len());
    // Branches to visit with the node that is their parent. A sibling waits under all that is below its elder.
    let mut pending = vec![(0u32, 0u32, NONE)];
    while let Some((at, parent, elder)) = pending.pop() {
        let branch = branches[at as usize];
        let own = nodes.len() as u32;
        let export = if branch.ends { branch.name } else { NONE };
        let terminal = if branch.ends { payload_size(sorted[branch.name as usize]) } else { 0 };
        let start = nodes.get(parent as usize).map_or(0, |node| node.label.1);
        nodes.push(Node {
            parent,
            next_sibling: NONE,
            child_count: 0,
            export,
            name: branch.name,
            label: (start, branch.depth),
            fixed_size: (uleb_size(terminal as u64) + terminal + 1) as u32,
        });
        if own != 0 {
            let node = &mut nodes[parent as usize];
            node.child_count += 1;
            node.fixed_size += branch.depth - start + 1;
        }
        if elder != NONE {
            nodes[elder as usize].next_sibling = own;
        }
        if branch.next_sibling != NONE {
            pending.push((branch.next_sibling, parent, own));
        }
        if branch.first_child != NONE {
            pending.push((branch.first_child, own, NONE));
        }
    }
    nodes
}

/// The offset of each node, and the size of all.
fn place(nodes: &[Node]) -> (Vec<u64>, u64) {
    let mut sizes: Vec<u64> = nodes.iter().map(|node| u64::from(node.fixed_size + node.child_count)).collect();
    // How long the offset of each node is in its parent: only ever longer, so this ends, after a few rounds.
    let mut widths = vec![1u8; nodes.len()];
    let mut offsets = vec![0; nodes.len()];
    loop {
        let mut end = 0;
        let mut grew = false;
        for (i, node) in nodes.iter().enumerate() {
            offsets[i] = end;
            end += sizes[i];
            let width = uleb_size(offsets[i]) as u8;
            if width > widths[i] {
                sizes[node.parent as usize] += u64::from(width - widths[i]);
                widths[i] = width;
                grew = true;
            }
        }
        if !grew {
            return (offsets, end);
        }
    }
}

/// The bytes of the trie, padded.
fn write(nodes: &[Node], offsets: &[u64], size: u64, sorted: &[&Export<'_>]) -> Vec<u8> {
    let mut out = Vec::with_capacity((size as usize).next_multiple_of(8));
    for (i, node) in nodes.iter().enumerate() {
        debug_assert_eq!(out.len() as u64, offsets[i]);
        match sorted.get(node.export as usize) {
            Some(export) => write_payload(&mut out, export),
            None => out.push(0),
        }
        // A name has no NUL, so at most 255 bytes can follow a prefix.
        out.push(u8::try_from(node.child_count).expect("a child for each byte but NUL"));
        let mut child = if node.child_count == 0 { NONE } else { i as u32 + 1 };
        while let Some(below) = nodes.get(child as usize) {
            let (start, end) = below.label;
            out.extend_from_slice(&sorted[below.name as usize].name[start as usize..end as usize]);
            out.push(0);
            write_uleb(&mut out, offsets[child as usize]);
            child = below.next_sibling;
        }
    }
    debug_assert_eq!(out.len() as u64, size);
    out.resize(out.len().next_multiple_of(8), 0);
    out
}

fn flags(export: &Export<'_>) -> u64 {
    export.flags
        | match export.target {
            Target::Address(_) => 0,
            Target::Reexport { .. } => EXPORT_SYMBOL_FLAGS_REEXPORT,
            Target::Resolver { .. } => EXPORT_SYMBOL_FLAGS_STUB_AND_RESOLVER,
        }
}

/// Bytes of what [`write_payload`] writes after the size.
fn payload_size(export: &Export<'_>) -> usize {
    uleb_size(flags(export))
        + match export.target {
            Target::Address(address) => uleb_size(address),
            Target::Reexport { ordinal, name } => uleb_size(ordinal.into()) + name.len() + 1,
            Target::Resolver { stub, resolver } => uleb_size(stub) + uleb_size(resolver),
        }
}

fn write_payload(out: &mut Vec<u8>, export: &Export<'_>) {
    write_uleb(out, payload_size(export) as u64);
    write_uleb(out, flags(export));
    match export.target {
        Target::Address(address) => write_uleb(out, address),
        Target::Reexport { ordinal, name } => {
            write_uleb(out, ordinal.into());
            out.extend_from_slice(name);
            out.push(0);
        }
        Target::Resolver { stub, resolver } => {
            write_uleb(out, stub);
            write_uleb(out, resolver);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

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
                Target::Reexport { ordinal, name } => {
                    (e.name.to_vec(), (e.flags | 8, vec![ordinal.into()], name.to_vec()))
                }
                Target::Resolver { stub, resolver } => {
                    (e.name.to_vec(), (e.flags | 16, vec![stub, resolver], Vec::new()))
                }
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
}
