//! Reads an export trie: all names of it, with what dyld would find under them.
//!
//! Its layout is drawn where it is written, in `chunks::export_trie`. The walk is a stack of its own and visits each
//! node once, so that a trie with a loop is an error and neither depth nor cycles cost more than the bytes there are.
//! Only the sum of the names may be larger than the trie, by as much as they share: that is bounded too.

use super::Export;
use crate::base::bitset::BitSet;
use crate::base::leb128::read_uleb;
use crate::base::view::{Malformed, cstr};
use crate::macho::format::*;
use sinew_arena::Bump;

/// What all names together may take, whatever the size of the trie, and how many times its size beyond that. A few
/// bytes of real tries hold a name of a few dozens; a chain of a million nodes would hold half a million million.
const NAMES_SIZE: usize = 64 << 20;
const NAMES_PER_TRIE: usize = 64;

/// A node that is still to be visited, and how its name ends: `edge` after the first `prefix_size` bytes of the name of
/// the node that was visited before.
struct Pending<'a> {
    offset: u64,
    prefix_size: usize,
    edge: &'a [u8],
}

/// The exports of `trie`, in the order of its nodes.
pub(super) fn exports<'a>(trie: &'a [u8], arena: &'a Bump) -> Result<&'a [Export<'a>], Malformed> {
    let mut exports = Vec::new();
    let mut visited = BitSet::new(trie.len());
    let mut room = trie.len().saturating_mul(NAMES_PER_TRIE).max(NAMES_SIZE);
    let mut name: Vec<u8> = Vec::new();
    let mut stack = Vec::new();
    if !trie.is_empty() {
        stack.push(Pending { offset: 0, prefix_size: 0, edge: b"" });
    }
    while let Some(Pending { offset, prefix_size, edge }) = stack.pop() {
        let wrong = |what: &str| Malformed::new(offset, what);
        let mut at = usize::try_from(offset).ok().filter(|at| *at < trie.len());
        let at = at.as_mut().ok_or_else(|| wrong("a node of the export trie lies outside of it"))?;
        if !visited.insert(*at) {
            return Err(wrong("two edges of the export trie lead to one node"));
        }
        name.truncate(prefix_size);
        name.extend_from_slice(edge);
        let terminal_size = read_uleb(trie, at)?;
        let children = usize::try_from(terminal_size).ok().and_then(|size| at.checked_add(size));
        let children = children.filter(|c| *c < trie.len()).ok_or_else(|| wrong("an export reaches past the trie"))?;
        if terminal_size != 0 {
            let flags = read_uleb(trie, at)?;
            room = room.checked_sub(name.len()).ok_or_else(|| wrong("the names of the export trie are too long"))?;
            exports.push(Export { name: arena.copy(&name), flags: export_flags(flags) });
        }
        *at = children + 1;
        let first = stack.len();
        for _ in 0..trie[children] {
            let edge = cstr(trie, u32::try_from(*at).unwrap_or(u32::MAX))?;
            *at += edge.len() + 1;
            stack.push(Pending { offset: read_uleb(trie, at)?, prefix_size: name.len(), edge });
        }
        // The first child is on top, so that names come in the order of the file.
        stack[first..].reverse();
    }
    Ok(arena.copy(&exports))
}

/// The flags of the file in ours.
fn export_flags(flags: u64) -> u8 {
    let kind = match flags & EXPORT_SYMBOL_FLAGS_KIND_MASK {
        EXPORT_SYMBOL_FLAGS_KIND_THREAD_LOCAL => Export::THREAD_LOCAL,
        EXPORT_SYMBOL_FLAGS_KIND_ABSOLUTE => Export::ABSOLUTE,
        _ => 0,
    };
    let more = [
        (EXPORT_SYMBOL_FLAGS_WEAK_DEFINITION, Export::WEAK_DEFINITION),
        (EXPORT_SYMBOL_FLAGS_REEXPORT, Export::REEXPORT),
        (EXPORT_SYMBOL_FLAGS_STUB_AND_RESOLVER, Export::RESOLVER),
    ];
    more.iter().fold(kind, |ours, (flag, our)| if flags & flag != 0 { ours | our } else { ours })
}
