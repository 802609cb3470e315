//! Walks an export trie, the way dyld looks names up: each node has its own information (or a size of zero) and then
//! edges, each a text and the offset of a node.

use std::collections::BTreeSet;

use super::dump::{text, uleb};
use crate::dump::Result;

pub(crate) const WEAK: u64 = 4;
pub(crate) const REEXPORT: u64 = 8;

/// One exported name.
#[derive(Debug, Clone)]
pub(crate) struct Export {
    pub(crate) name: String,
    pub(crate) flags: u64,
    /// Offset from the image's base, or the address of an absolute symbol; 0 of a re-export.
    pub(crate) value: u64,
    /// Ordinal and name (empty when it is the same) of a re-export.
    pub(crate) reexport: Option<(u64, String)>,
}

impl Export {
    /// 0 regular, 1 thread-local, 2 absolute.
    pub(crate) fn kind(&self) -> u64 {
        self.flags & 3
    }

    pub(crate) fn is_weak(&self) -> bool {
        self.flags & WEAK != 0
    }
}

/// All exports, in the order of the walk.
pub(crate) fn read(trie: &[u8]) -> Result<Vec<Export>> {
    let mut walk = Walk { trie, found: Vec::new(), seen: BTreeSet::new() };
    if !trie.is_empty() {
        walk.node(0, String::new())?;
    }
    Ok(walk.found)
}

struct Walk<'a> {
    trie: &'a [u8],
    found: Vec<Export>,
    seen: BTreeSet<usize>,
}

impl Walk<'_> {
    fn node(&mut self, at: usize, name: String) -> Result<()> {
        if !self.seen.insert(at) {
            return Err(format!("export trie: two edges lead to the node at {at:#x}"));
        }
        let mut position = at;
        let size = uleb(self.trie, &mut position)? as usize;
        let edges = position + size;
        if size > 0 {
            self.terminal(&mut position, &name)?;
            if position != edges {
                return Err(format!("export trie: {name} takes {} bytes of {size}", position + size - edges));
            }
        }
        position = edges;
        let count = *self.trie.get(position).ok_or("export trie: a node goes beyond the end")?;
        position += 1;
        let mut first = BTreeSet::new();
        for _ in 0..count {
            let edge = text(self.trie, &mut position)?;
            let child = uleb(self.trie, &mut position)? as usize;
            if !edge.bytes().next().is_some_and(|b| first.insert(b)) {
                return Err(format!("export trie: below `{name}` two edges begin alike, or one is empty: `{edge}`"));
            }
            self.node(child, format!("{name}{edge}"))?;
        }
        Ok(())
    }

    fn terminal(&mut self, position: &mut usize, name: &str) -> Result<()> {
        let flags = uleb(self.trie, position)?;
        let (mut value, mut reexport) = (0, None);
        if flags & REEXPORT != 0 {
            let ordinal = uleb(self.trie, position)?;
            reexport = Some((ordinal, text(self.trie, position)?));
        } else {
            value = uleb(self.trie, position)?;
            if flags & 0x10 != 0 {
                uleb(self.trie, position)?;
            }
        }
        self.found.push(Export { name: name.to_string(), flags, value, reexport });
        Ok(())
    }
}
