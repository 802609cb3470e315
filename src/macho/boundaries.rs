//! Names that the linker defines: the header, and where sections and segments start and end.
//!
//! `section$start$__DATA$__foo`, `section$end$…`, `segment$start$__DATA` and `segment$end$…` are ld64's; a section that is
//! named so exists even if nothing is in it. `___dso_handle` and `__mh_execute_header` are the image's header.

use super::definitions::Definition;
use super::symbols::{Interned, Resolved};
use crate::args::macho::OutputKind;
use crate::base::ids::SymbolId;
use crate::base::rank::Rank;

/// Where a section or segment starts or ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boundary {
    /// The segment's name in the output.
    pub segment: Vec<u8>,
    /// The section's; `None` for the whole segment.
    pub section: Option<Vec<u8>>,
    /// Its end and not its start.
    pub is_end: bool,
}

/// What the linker defines of the names that nobody does. The second list is what [`Definition::Boundary`] counts.
pub fn provide(
    interned: &Interned<'_>,
    resolved: &Resolved,
    kind: OutputKind,
) -> (Vec<(SymbolId, Definition)>, Vec<Boundary>) {
    let (mut own, mut boundaries) = (Vec::new(), Vec::new());
    if kind == OutputKind::Relocatable {
        return (own, boundaries);
    }
    let header: &[u8] = match kind {
        OutputKind::Execute => b"__mh_execute_header",
        OutputKind::Dylib => b"__mh_dylib_header",
        _ => b"__mh_bundle_header",
    };
    for name in [b"___dso_handle", header] {
        own.extend(interned.names.find(name).map(|id| (id, Definition::Header)));
    }
    for shard in 0..interned.names.shard_count() {
        for (id, name) in interned.names.shard(shard) {
            if resolved.winners[id.idx()] == Rank::NOBODY
                && name.starts_with(b"se")
                && let Some(boundary) = parse(name)
            {
                own.push((id, Definition::Boundary(boundaries.len() as u32)));
                boundaries.push(boundary);
            }
        }
    }
    (own, boundaries)
}

fn parse(name: &[u8]) -> Option<Boundary> {
    let mut parts = name.splitn(4, |b| *b == b'$');
    let (what, end, segment, section) = (parts.next()?, parts.next()?, parts.next()?, parts.next());
    let is_end = match end {
        b"start" => false,
        b"end" => true,
        _ => return None,
    };
    let section = match what {
        b"section" => Some(section?.to_vec()),
        b"segment" if section.is_none() => None,
        _ => return None,
    };
    let fits = |name: &[u8]| !name.is_empty() && name.len() <= 16;
    (fits(segment) && section.as_deref().is_none_or(fits)).then(|| Boundary {
        segment: segment.to_vec(),
        section,
        is_end,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_boundaries() {
        let section = Boundary { segment: b"__DATA".to_vec(), section: Some(b"__foo".to_vec()), is_end: false };
        assert_eq!(parse(b"section$start$__DATA$__foo"), Some(section));
        let segment = Boundary { segment: b"__TEXT".to_vec(), section: None, is_end: true };
        assert_eq!(parse(b"segment$end$__TEXT"), Some(segment));
        for name in [&b"section$start$__DATA"[..], b"section$middle$__DATA$__foo", b"segment$end$", b"se"] {
            assert_eq!(parse(name), None);
        }
    }
}
