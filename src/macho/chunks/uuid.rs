//! The UUID of an image (`LC_UUID`): debuggers match a program, its crash reports and its `.dSYM` by it.
//!
//! It is a SHA-256 of hashes of content, so equal content has equal UUIDs wherever and whenever it is linked. Version and
//! variant are those of a UUID made from a name (RFC 4122, 4.1.1 and 4.1.3: version 3), as Apple's linkers mark theirs.
//! Cost: nothing; whoever has the content hashed it.

use crate::base::sha256::Sha256;

/// The UUID of what has these hashes, in this order.
pub fn from<'a>(parts: impl IntoIterator<Item = &'a [u8; 32]>) -> [u8; 16] {
    let mut hash = Sha256::new();
    parts.into_iter().for_each(|part| hash.update(part));
    let digest = hash.finish();
    let mut uuid = [0; 16];
    uuid.copy_from_slice(&digest[..16]);
    uuid[6] = uuid[6] & 0x0f | 0x30;
    uuid[8] = uuid[8] & 0x3f | 0x80;
    uuid
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn nothing_has_the_uuid_of_the_empty_hash() {
        let expected = *b"\xe3\xb0\xc4\x42\x98\xfc\x3c\x14\x9a\xfb\xf4\xc8\x99\x6f\xb9\x24";
        assert_eq!(from([]), expected);
    }

    #[test]
    fn version_and_variant_are_set_and_the_rest_depends_on_every_part_and_their_order() {
        let parts: Vec<[u8; 32]> = (0..100).map(|i| [i; 32]).collect();
        let mut seen = BTreeSet::new();
        for part in &parts {
            for other in &parts {
                let uuid = from([part, other]);
                assert_eq!((uuid[6] >> 4, uuid[8] >> 6), (3, 2));
                seen.insert(uuid);
            }
        }
        assert_eq!(seen.len(), 10_000);
        assert_eq!(from(&parts), from(parts.iter()));
    }
}
