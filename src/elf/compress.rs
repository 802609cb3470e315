//! `--compress-debug-sections=zlib`: debug sections as zlib streams behind a header (gABI, "Section Compression").
//!
//! What a section shrinks to is known only when its bytes are, relocated: each is made in memory once addresses are
//! final, compressed in shards, and takes its smaller place in the file; what is loaded does not move.
//! Takes the final picture, yields the streams.
//! Cost: nothing unless asked for; then a copy of the debug sections in memory, and some 200 MB/s a thread.

use super::format::*;
use super::image::Image;
use super::tail::Late;
use super::write::{self, Plan};
use crate::args::elf::{Args, Compress, OutputKind};
use crate::base::deflate::{self, SHARD_SIZE};
use crate::base::session::Session;
use zerocopy::IntoBytes;

/// Compresses what gets smaller by it.
pub fn debug(image: &Image<'_, '_>, plan: &Plan<'_>, args: &Args, cx: &Session) -> Vec<Late> {
    if args.compress_debug != Compress::Zlib || args.kind == OutputKind::Relocatable || args.oformat_binary {
        return Vec::new();
    }
    let _t = cx.time.phase("compress debug sections");
    let mut list = Vec::new();
    for (index, section) in image.layout.sections.iter().enumerate() {
        if section.is_alloc() || !section.has_bytes() || !section.name.starts_with(b".debug") {
            continue;
        }
        let bytes = write::render(image, plan, args, cx, section);
        let count = bytes.len().div_ceil(SHARD_SIZE);
        let shards = cx.par.map(count, bytes.len() as u64 * 8, |i| {
            deflate::deflate_shard(&bytes[i * SHARD_SIZE..bytes.len().min((i + 1) * SHARD_SIZE)])
        });
        let header = Chdr {
            kind: ELFCOMPRESS_ZLIB.into(),
            reserved: 0.into(),
            size: section.size.into(),
            align: section.align.into(),
        };
        let mut first = header.as_bytes().to_vec();
        first.extend(deflate::HEADER);
        let last = deflate::trailer(&shards).to_vec();
        let mut pieces = vec![first];
        pieces.extend(shards.into_iter().map(|s| s.bytes));
        pieces.push(last);
        let compressed = Late { section: index, pieces, compressed: true };
        if compressed.size() < section.size {
            list.push(compressed);
        }
    }
    list
}
