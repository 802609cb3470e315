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
//! Cost: linear in the bytes of the names, which are read once, from the last to the first, in parallel by run; then a few
//! passes over the nodes' sizes on one thread; the bytes are written in parallel.

use crate::base::carve;
use crate::base::leb128::{uleb_size, write_uleb};
use crate::base::par::Par;
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

/// Exports in ascending order of names; of equal names the first counts.
pub struct Exports<'x, 'a> {
    /// How many there are in each run, which is one job.
    pub runs: Vec<usize>,
    /// An export by its run and its place there.
    pub get: &'x (dyn Fn(usize, usize) -> Export<'a> + Sync),
}

/// No node, or not popular.
const NONE: u32 = u32::MAX;

/// A trie whose nodes have their places.
#[derive(Debug, Default)]
pub struct Trie<'a> {
    /// From the last run of names to the first.
    parts: Vec<Part<'a>>,
    /// By node: where it begins.
    offsets: Vec<u64>,
    /// Bytes of all.
    end: u64,
}

/// The nodes that were complete when a run of names was known. Nodes have numbers in reverse preorder: a node follows all
/// that is below it, and its first child is right in front of it.
#[derive(Debug, Default)]
struct Part<'a> {
    /// The number of the first.
    base: u32,
    nodes: Vec<Node<'a>>,
    /// What nodes say of the names that end there.
    payloads: Vec<u8>,
    /// By node, if there are popular names: the number of that which ends there.
    ranks: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Node<'a> {
    /// The string on the edge that leads here.
    label: &'a [u8],
    parent: u32,
    /// The next child of the same parent, or [`NONE`].
    next_sibling: u32,
    child_count: u32,
    /// Where in the payloads its own begins, and its bytes: none if no name ends here.
    payload: (u32, u32),
    /// Bytes of the node without the offsets of its children.
    fixed_size: u32,
}

/// A node to which children may still come. It stands for the first `depth` bytes of `name`.
struct Open<'a> {
    name: &'a [u8],
    depth: usize,
    /// The child that was closed last, which is the first in order.
    first_child: u32,
    node: Node<'a>,
    /// The number of the popular name that ends here.
    rank: u32,
}

impl<'a> Open<'a> {
    fn new(name: &'a [u8], depth: usize) -> Self {
        let node = Node { label: b"", parent: 0, next_sibling: NONE, child_count: 0, payload: (0, 0), fixed_size: 0 };
        Open { name, depth, first_child: NONE, node, rank: NONE }
    }
}

/// The nodes that are complete when the names of one run and all behind it are known, but not without the run.
///
/// The path to the last name lies on a stack. How much a name shares with the one behind it says which nodes of that
/// path are complete; if that is amid an edge, the edge is cut in two.
#[derive(Default)]
struct Grown<'a> {
    /// Numbers count from its own first node.
    part: Part<'a>,
    /// From the root to the first name of the run: what names before it may still add to.
    path: Vec<Open<'a>>,
    /// How many nodes at the beginning of the path were there before: the runs behind have children of them, too.
    borrowed: usize,
    /// Those of them that are complete, deepest first.
    returned: Vec<u32>,
}

impl<'a> Grown<'a> {
    /// Reads the names of the first of `runs`; what those of the others have to do with it are only nodes on its path.
    fn new(exports: &Exports<'_, 'a>, runs: &[(usize, usize)], popular: &HashMap<&[u8], u32>) -> Grown<'a> {
        let (run, count) = runs[0];
        let part = Part { nodes: Vec::with_capacity(count + count / 4), ..Part::default() };
        let mut grown = Grown { part, ..Grown::default() };
        let mut behind = runs.get(1).map(|(next, _)| (exports.get)(*next, 0).name);
        let depths = behind.map(|behind| depths(exports, behind, &runs[1..])).unwrap_or_default();
        grown.path.extend(depths.iter().rev().map(|depth| Open::new(behind.unwrap_or_default(), *depth)));
        grown.borrowed = depths.len();
        if grown.path.is_empty() {
            grown.path.push(Open::new(b"", 0));
        }
        for export in (0..count).rev().map(|i| (exports.get)(run, i)) {
            let name = export.name;
            let shared = behind.map_or(0, |behind| shared_prefix(name, behind));
            assert!(behind.is_none_or(|behind| name.get(shared) <= behind.get(shared)), "exports are sorted");
            while grown.path[grown.path.len() - 1].depth > shared {
                grown.close(shared, !popular.is_empty());
            }
            if grown.path[grown.path.len() - 1].depth < name.len() {
                grown.path.push(Open::new(name, name.len()));
            }
            let start = grown.part.payloads.len();
            write_payload(&mut grown.part.payloads, &export);
            let open = grown.path.last_mut().expect("the root stays");
            open.node.payload = [start, grown.part.payloads.len() - start].map(below_4_gib).into();
            open.rank = popular.get(name).copied().unwrap_or(NONE);
            behind = Some(name);
        }
        grown
    }

    /// Takes the last node off the path: all that is below it is known. Its parent is the node before it on the path, or
    /// one that stands for `shared` bytes of the same name, if that is not as deep.
    fn close(&mut self, shared: usize, ranked: bool) {
        let Some(mut done) = self.path.pop() else { return };
        let index = below_4_gib(self.part.nodes.len());
        if self.path.len() < self.borrowed {
            self.borrowed -= 1;
            self.returned.push(index);
        }
        let mut child = done.first_child;
        while let Some(below) = self.part.nodes.get_mut(child as usize) {
            below.parent = index;
            child = below.next_sibling;
        }
        // A size of one byte says that there is no payload.
        done.node.fixed_size += done.node.payload.1.max(1) + 1;
        if self.path.last().is_some_and(|parent| parent.depth < shared) {
            self.path.push(Open::new(done.name, shared));
        }
        match self.path.last_mut() {
            Some(parent) => {
                done.node.label = &done.name[parent.depth..done.depth];
                done.node.next_sibling = std::mem::replace(&mut parent.first_child, index);
                parent.node.child_count += 1;
                parent.node.fixed_size += done.node.label.len() as u32 + 1;
            }
            None => done.node.parent = index,
        }
        self.part.nodes.push(done.node);
        if ranked {
            self.part.ranks.push(done.rank);
        }
    }

    /// Counts from `base` on. What is open gets its parent later, and so do the children of what is open.
    fn rebase(&mut self, base: u32) {
        let moved = |index: &mut u32| *index = if *index == NONE { NONE } else { *index + base };
        self.part.base = base;
        for node in &mut self.part.nodes {
            node.parent += base;
            moved(&mut node.next_sibling);
        }
        self.path.iter_mut().for_each(|open| moved(&mut open.first_child));
        self.returned.iter_mut().for_each(moved);
    }
}

fn below_4_gib(count: usize) -> u32 {
    u32::try_from(count).expect("less than 4 GiB of exports")
}

/// How deep the nodes are on the path to `name`, the first of `runs`, as far as names behind it make them: deepest first.
fn depths(exports: &Exports<'_, '_>, name: &[u8], runs: &[(usize, usize)]) -> Vec<usize> {
    let mut depths = vec![name.len()];
    let shared = |run: usize, i: usize| shared_prefix(name, (exports.get)(run, i).name);
    let mut at = 1;
    for &(run, count) in runs {
        // The further behind a name is, the less it shares.
        while at < count {
            let here = shared(run, at);
            if here < depths[depths.len() - 1] {
                depths.push(here);
            }
            if shared(run, count - 1) == here {
                break;
            }
            let (mut low, mut high) = (at + 1, count);
            while low < high {
                let middle = low.midpoint(high);
                if shared(run, middle) >= here { low = middle + 1 } else { high = middle }
            }
            at = low;
        }
        at = 0;
    }
    if depths[depths.len() - 1] > 0 {
        depths.push(0);
    }
    depths
}

impl<'a> Trie<'a> {
    /// The trie of `exports`. `popular` names are found first where they share a path with others
    /// (`-exported_symbols_order`): the most popular has number 0, those that nobody named have none.
    pub fn new(exports: &Exports<'_, 'a>, popular: &HashMap<&[u8], u32>, par: &Par) -> Trie<'a> {
        let runs: Vec<(usize, usize)> = exports.runs.iter().copied().enumerate().filter(|run| run.1 > 0).collect();
        let count: usize = exports.runs.iter().sum();
        if count == 0 {
            return Trie::default();
        }
        let mut grown = par.map(runs.len(), count as u64 * 64, |r| Grown::new(exports, &runs[r..], popular));
        while !grown[0].path.is_empty() {
            grown[0].close(0, !popular.is_empty());
        }
        grown.reverse();
        let mut base = 0;
        let bases = grown.iter().map(|grown| {
            base += grown.part.nodes.len();
            below_4_gib(base - grown.part.nodes.len())
        });
        let bases: Vec<u32> = bases.collect();
        let jobs = grown.iter_mut().zip(bases).collect();
        par.consume(jobs, base as u64 * 40, |(grown, base): (&mut Grown<'_>, u32)| grown.rebase(base));
        let mut trie = Trie::default();
        grown.into_iter().fold(Vec::new(), |path, grown| trie.append(grown, path));
        if !popular.is_empty() {
            trie.favour();
        }
        trie.place(base);
        trie
    }

    /// The node of that number, and its part.
    #[inline]
    fn find(&self, node: u32) -> (usize, usize) {
        let part = self.parts.partition_point(|part| part.base <= node) - 1;
        (part, (node - self.parts[part].base) as usize)
    }

    fn node(&self, node: u32) -> &Node<'a> {
        let (part, at) = self.find(node);
        &self.parts[part].nodes[at]
    }

    fn node_mut(&mut self, node: u32) -> &mut Node<'a> {
        let (part, at) = self.find(node);
        &mut self.parts[part].nodes[at]
    }

    /// A node's children in order, of which `first` is the first.
    fn siblings(&self, first: u32) -> impl Iterator<Item = u32> + '_ {
        let some = |node: u32| Some(node).filter(|node| *node != NONE);
        std::iter::successors(some(first), move |node| some(self.node(*node).next_sibling))
    }

    /// Appends the nodes of a run to those of the runs behind it. `behind` is the path that these left, which the run has
    /// borrowed; returns the one that it leaves.
    fn append(&mut self, grown: Grown<'a>, mut behind: Vec<Open<'a>>) -> Vec<Open<'a>> {
        let Grown { part, mut path, returned, .. } = grown;
        self.parts.push(part);
        for index in returned {
            let behind = behind.pop().expect("what is returned was borrowed");
            let mut node = *self.node(index);
            let first = if node.child_count > 0 { index - 1 } else { NONE };
            self.adopt((index, first), &mut node, &behind);
            if node.payload.1 == 0 && behind.node.payload.1 > 0 {
                node.payload = self.take_payload(&behind);
                node.fixed_size += node.payload.1 - 1;
                let (part, at) = self.find(index);
                self.parts[part].ranks.get_mut(at).into_iter().for_each(|rank| *rank = behind.rank);
            }
            *self.node_mut(index) = node;
        }
        for (open, behind) in path.iter_mut().zip(&behind) {
            let first = open.first_child;
            self.adopt((NONE, first), &mut open.node, behind);
            open.first_child = if first == NONE { behind.first_child } else { first };
            if open.node.payload.1 == 0 {
                (open.node.payload, open.rank) = (self.take_payload(behind), behind.rank);
            }
        }
        path
    }

    /// Copies the payload of a node that the last part but one left open to the last part.
    fn take_payload(&mut self, behind: &Open<'a>) -> (u32, u32) {
        let (start, size) = behind.node.payload;
        let [.., before, last] = &mut self.parts[..] else { return (0, 0) };
        let at = below_4_gib(last.payloads.len());
        last.payloads.extend_from_slice(&before.payloads[start as usize..][..size as usize]);
        (at, size)
    }

    /// Puts the children that `behind` has after those of `node`, of which `first` is the first; it is number `index`, if it
    /// has one.
    fn adopt(&mut self, (index, first): (u32, u32), node: &mut Node<'a>, behind: &Open<'a>) {
        if let Some(last) = self.siblings(first).last() {
            self.node_mut(last).next_sibling = behind.first_child;
        }
        let children: Vec<u32> = self.siblings(behind.first_child).collect();
        children.into_iter().for_each(|child| self.node_mut(child).parent = index);
        node.child_count += behind.node.child_count;
        node.fixed_size += behind.node.fixed_size;
    }

    /// Bytes, a multiple of 8; none at all for no exports.
    pub fn size(&self) -> usize {
        self.end.next_multiple_of(8) as usize
    }

    /// Writes the trie to `out`, which has its size and is zero.
    pub fn write(&self, out: &mut [u8], par: &Par) {
        // In the order of the file, which is from the last part to the first, and within them from the last node.
        let parts = self.parts.iter().rev().filter(|part| !part.nodes.is_empty());
        let starts = parts.clone().map(|part| self.offsets[part.base as usize + part.nodes.len() - 1]);
        let starts: Vec<u64> = starts.chain([self.end]).collect();
        let sizes = starts.windows(2).map(|ends| (ends[1] - ends[0]) as usize);
        let jobs = parts.zip(carve::carve(out, sizes)).collect();
        par.consume(jobs, self.end, |(part, out): (&Part<'_>, &mut [u8])| {
            let mut bytes = Vec::with_capacity(out.len());
            (0..part.nodes.len()).rev().for_each(|at| self.write_node(part, at, &mut bytes));
            out.copy_from_slice(&bytes);
        });
    }

    /// Puts siblings in the order of the most popular name below each; the others stay behind, sorted.
    fn favour(&mut self) {
        let mut all = Part::default();
        for part in &mut self.parts {
            let payloads = below_4_gib(all.payloads.len());
            part.nodes.iter_mut().for_each(|node| node.payload.0 += payloads);
            all.nodes.append(&mut part.nodes);
            all.payloads.append(&mut part.payloads);
            all.ranks.append(&mut part.ranks);
        }
        self.parts = vec![all];
        let (count, mut ranks) = (self.parts[0].nodes.len(), std::mem::take(&mut self.parts[0].ranks));
        for node in 0..count {
            let parent = self.parts[0].nodes[node].parent as usize;
            ranks[parent] = ranks[parent].min(ranks[node]);
        }
        let mut order = Vec::with_capacity(count);
        let mut pending = vec![count as u32 - 1];
        while let Some(node) = pending.pop() {
            order.push(node);
            let first = if self.node(node).child_count > 0 { node - 1 } else { NONE };
            let mut below: Vec<u32> = self.siblings(first).collect();
            below.sort_by_key(|child| ranks[*child as usize]);
            pending.extend(below.into_iter().rev());
        }
        let mut moved = vec![0; count];
        order.iter().rev().zip(0..).for_each(|(old, new)| moved[*old as usize] = new);
        let again = order.iter().rev().map(|old| {
            let node = self.node(*old);
            Node { parent: moved[node.parent as usize], next_sibling: NONE, ..*node }
        });
        let mut nodes: Vec<Node<'a>> = again.collect();
        let mut last_child = vec![NONE; count];
        for node in (0..count - 1).rev() {
            let elder = std::mem::replace(&mut last_child[nodes[node].parent as usize], node as u32);
            if let Some(elder) = nodes.get_mut(elder as usize) {
                elder.next_sibling = node as u32;
            }
        }
        self.parts[0].nodes = nodes;
    }

    /// Finds the offset of each of `count` nodes, and the size of all.
    fn place(&mut self, count: usize) {
        let nodes = || self.parts.iter().flat_map(|part| &part.nodes);
        let mut sizes = Vec::with_capacity(count);
        sizes.extend(nodes().map(|node| node.fixed_size + node.child_count));
        // How long the offset of each node is in its parent: only ever longer, so this ends, after a few rounds.
        let mut widths = vec![1u8; count];
        self.offsets = vec![0; count];
        let mut grew = true;
        while grew {
            grew = false;
            self.end = 0;
            // Offsets ascend, and so do their lengths.
            let (mut width, mut limit) = (1, 1 << 7);
            for part in self.parts.iter().rev() {
                for (i, node) in part.nodes.iter().enumerate().rev() {
                    while self.end >= limit {
                        (width, limit) = (width + 1, limit << 7);
                    }
                    let i = part.base as usize + i;
                    self.offsets[i] = self.end;
                    self.end += u64::from(sizes[i]);
                    if width > widths[i] {
                        sizes[node.parent as usize] += u32::from(width - widths[i]);
                        widths[i] = width;
                        grew = true;
                    }
                }
            }
        }
    }

    fn write_node(&self, part: &Part<'_>, at: usize, out: &mut Vec<u8>) {
        let node = &part.nodes[at];
        match node.payload {
            (_, 0) => out.push(0),
            (start, size) => out.extend_from_slice(&part.payloads[start as usize..][..size as usize]),
        }
        // A name has no NUL, so at most 255 bytes can follow a prefix.
        out.push(u8::try_from(node.child_count).expect("a child for each byte but NUL"));
        let mut child = if node.child_count > 0 { part.base + at as u32 - 1 } else { NONE };
        while child != NONE {
            // Most children are of the same part.
            let near = child.checked_sub(part.base).and_then(|at| part.nodes.get(at as usize));
            let below = near.unwrap_or_else(|| self.node(child));
            out.extend_from_slice(below.label);
            out.push(0);
            write_uleb(out, self.offsets[child as usize]);
            child = below.next_sibling;
        }
    }
}

/// How many bytes two names have in common from the beginning on.
fn shared_prefix(a: &[u8], b: &[u8]) -> usize {
    let (words, _) = a.as_chunks::<8>();
    let mut at = 0;
    for (x, y) in words.iter().zip(b.as_chunks::<8>().0) {
        let differing = u64::from_le_bytes(*x) ^ u64::from_le_bytes(*y);
        if differing != 0 {
            return at + differing.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    at + a[at..].iter().zip(&b[at..]).take_while(|(a, b)| a == b).count()
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
pub mod tests;
