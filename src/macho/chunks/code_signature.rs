//! The ad-hoc code signature (`LC_CODE_SIGNATURE`): without it, Apple silicon runs nothing.
//!
//! A SuperBlob with one blob, the CodeDirectory, in the form that Apple's linker gives it (`kern/cs_blobs.h` of xnu). All
//! numbers are big-endian:
//!
//! ```text
//!   0  SuperBlob       magic, length, count = 1
//!  12  BlobIndex       type = CSSLOT_CODEDIRECTORY, offset = 24
//!  24  CodeDirectory   88 bytes
//! 112  identifier      NUL-terminated; zeros up to a multiple of 16
//!      slots           the SHA-256 of each 4 KiB page of the file before the signature; the last page may be short
//! ```
//!
//! What the kernel checks (xnu, `bsd/kern/ubc_subr.c`): magics and lengths; that identifier and slots lie inside the
//! CodeDirectory; that `codeLimit` reaches no further than the signature's start and there is a slot for each page; and,
//! when a page is first touched, that its hash is that of its slot. A page that differs kills the process. `execSeg…` say
//! which file range is `__TEXT`; the main binary has a flag there. `CS_LINKER_SIGNED` tells `codesign` and `strip` that they
//! may replace the signature without being asked to.
//!
//! The layout depends on the size of the file only, so slots can be filled by whoever finishes a page.
//! Cost: one SHA-256 over the file, in the threads that write it.

use crate::base::sha256::sha256;

/// Bytes of the file that one slot covers.
pub const PAGE_SIZE: usize = 4096;
/// Bytes of a slot: a SHA-256.
pub const SLOT_SIZE: usize = 32;
/// What the signature's place in the file is a multiple of; so is its size.
pub const ALIGN: u64 = 16;

const CSMAGIC_EMBEDDED_SIGNATURE: u32 = 0xfade_0cc0;
const CSMAGIC_CODEDIRECTORY: u32 = 0xfade_0c02;
const CSSLOT_CODEDIRECTORY: u32 = 0;
/// The version of CodeDirectory that has `execSeg…` (`CS_SUPPORTSEXECSEG`).
const VERSION: u32 = 0x20400;
const CS_ADHOC: u32 = 0x2;
const CS_LINKER_SIGNED: u32 = 0x2_0000;
const CS_HASHTYPE_SHA256: u8 = 2;
const CS_EXECSEG_MAIN_BINARY: u64 = 1;

/// Offset of the CodeDirectory: SuperBlob and BlobIndex are 20 bytes, and its `u64`s want to be aligned.
const DIRECTORY_OFFSET: u32 = 24;
const DIRECTORY_SIZE: u32 = 88;

/// `__TEXT`, as the signature describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExecSegment {
    /// Where it begins in the file, in bytes.
    pub offset: u64,
    /// Its bytes in the file.
    pub size: u64,
    /// Whether the file is a program (`MH_EXECUTE`).
    pub is_main_binary: bool,
}

/// Where everything is in a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout<'a> {
    identifier: &'a [u8],
    code_limit: u32,
}

impl<'a> Layout<'a> {
    /// The signature of a file's first `code_limit` bytes, which it follows. `identifier` names the program to the system
    /// and has no NUL; by custom it is the file's name.
    pub fn new(identifier: &'a [u8], code_limit: u32) -> Self {
        Layout { identifier, code_limit }
    }

    /// Bytes of the whole signature.
    pub fn size(&self) -> u64 {
        self.slots_offset() + self.slot_count() * SLOT_SIZE as u64
    }

    /// Where in the signature the slots begin. They reach to its end.
    pub fn slots_offset(&self) -> u64 {
        (u64::from(DIRECTORY_OFFSET + DIRECTORY_SIZE) + self.identifier.len() as u64 + 1).next_multiple_of(ALIGN)
    }

    /// How many pages are signed.
    pub fn slot_count(&self) -> u64 {
        u64::from(self.code_limit).div_ceil(PAGE_SIZE as u64)
    }

    /// The bytes before the slots.
    pub fn header(&self, text: ExecSegment) -> Vec<u8> {
        let size = self.size() as u32;
        let super_blob = [CSMAGIC_EMBEDDED_SIGNATURE, size, 1, CSSLOT_CODEDIRECTORY, DIRECTORY_OFFSET, 0];
        let directory = [
            CSMAGIC_CODEDIRECTORY,
            size - DIRECTORY_OFFSET,
            VERSION,
            CS_ADHOC | CS_LINKER_SIGNED,
            self.slots_offset() as u32 - DIRECTORY_OFFSET,
            DIRECTORY_SIZE, // the identifier
            0,              // special slots: nothing but code is sealed
            self.slot_count() as u32,
            self.code_limit,
            u32::from_be_bytes([SLOT_SIZE as u8, CS_HASHTYPE_SHA256, 0, PAGE_SIZE.trailing_zeros() as u8]),
            0, // spare
            0, // no scatter vector
            0, // no team
            0, // spare
        ];
        let main_binary = if text.is_main_binary { CS_EXECSEG_MAIN_BINARY } else { 0 };
        // The first, `codeLimit64`, is for files that `LC_CODE_SIGNATURE` cannot describe anyway.
        let tail = [0, text.offset, text.size, main_binary];
        let mut out = Vec::with_capacity(self.slots_offset() as usize);
        super_blob.iter().chain(&directory).for_each(|word| out.extend_from_slice(&word.to_be_bytes()));
        tail.iter().for_each(|word: &u64| out.extend_from_slice(&word.to_be_bytes()));
        out.extend_from_slice(self.identifier);
        out.resize(self.slots_offset() as usize, 0);
        out
    }
}

/// Fills the slots of consecutive pages. `bytes` begins on a page; only the file's last page may be short.
pub fn hash_pages(bytes: &[u8], slots: &mut [u8]) {
    let (slots, rest) = slots.as_chunks_mut::<SLOT_SIZE>();
    let pages = bytes.chunks(PAGE_SIZE);
    assert!(rest.is_empty() && slots.len() == pages.len(), "{} slots for {} pages", slots.len(), pages.len());
    slots.iter_mut().zip(pages).for_each(|(slot, page)| *slot = sha256(page));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn u32_at(bytes: &[u8], at: usize) -> u32 {
        u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
    }

    fn u64_at(bytes: &[u8], at: usize) -> u64 {
        u64::from_be_bytes(bytes[at..at + 8].try_into().unwrap())
    }

    fn sign(file: &[u8], identifier: &[u8], text: ExecSegment) -> Vec<u8> {
        let layout = Layout::new(identifier, file.len() as u32);
        let mut signature = layout.header(text);
        assert_eq!(signature.len() as u64, layout.slots_offset());
        signature.resize(layout.size() as usize, 0);
        hash_pages(file, &mut signature[layout.slots_offset() as usize..]);
        signature
    }

    const TEXT: ExecSegment = ExecSegment { offset: 0, size: 0x4000, is_main_binary: true };

    /// The checks of xnu's `cs_validate_blob` and `cs_validate_codedirectory`, and its hash of each page.
    fn verify(file: &[u8], signature: &[u8], identifier: &[u8]) {
        assert!(signature.len().is_multiple_of(16));
        assert_eq!(u32_at(signature, 0), 0xfade0cc0);
        assert_eq!(u32_at(signature, 4) as usize, signature.len());
        assert_eq!((u32_at(signature, 8), u32_at(signature, 12)), (1, 0));
        let directory = &signature[u32_at(signature, 16) as usize..];
        assert_eq!(u32_at(directory, 0), 0xfade0c02);
        assert_eq!(u32_at(directory, 4) as usize, directory.len());
        assert_eq!((u32_at(directory, 8), u32_at(directory, 12)), (0x20400, 0x20002));
        let [hashes, name, special, count, limit] = [16, 20, 24, 28, 32].map(|at| u32_at(directory, at) as usize);
        assert_eq!((special, limit), (0, file.len()));
        assert_eq!(count, limit.div_ceil(4096));
        assert_eq!(directory[36..40], [32, 2, 0, 12]);
        assert_eq!(directory[40..64], [0; 24]);
        assert!(name >= 88 && name + identifier.len() < hashes);
        assert_eq!(directory[name..][..identifier.len() + 1], [identifier, b"\0"].concat());
        assert_eq!(directory.len(), hashes + 32 * count);
        for (i, page) in file.chunks(4096).enumerate() {
            assert_eq!(directory[hashes + 32 * i..][..32], sha256(page), "page {i}");
        }
    }

    #[test]
    fn a_signature_verifies_whatever_the_sizes() {
        let bytes: Vec<u8> = (0..5 * 4096u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 21) as u8).collect();
        for size in [0, 16, 4080, 4096, 4112, 8192, bytes.len()] {
            for len in 0..40 {
                let identifier = &b"com.example.a-program-with-a-long-name-!"[..len];
                verify(&bytes[..size], &sign(&bytes[..size], identifier, TEXT), identifier);
            }
        }
    }

    #[test]
    fn pages_may_be_hashed_in_any_pieces() {
        let bytes = vec![7; 3 * PAGE_SIZE + 48];
        let whole = sign(&bytes, b"a", TEXT);
        let layout = Layout::new(b"a", bytes.len() as u32);
        let mut pieces = layout.header(TEXT);
        pieces.resize(layout.size() as usize, 0);
        let slots = &mut pieces[layout.slots_offset() as usize..];
        hash_pages(&bytes[2 * PAGE_SIZE..], &mut slots[2 * SLOT_SIZE..]);
        hash_pages(&bytes[..2 * PAGE_SIZE], &mut slots[..2 * SLOT_SIZE]);
        assert_eq!(pieces, whole);
    }

    #[test]
    #[should_panic(expected = "1 slots for 2 pages")]
    fn a_page_without_a_slot() {
        hash_pages(&[0; PAGE_SIZE + 1], &mut [0; SLOT_SIZE]);
    }

    #[test]
    fn the_executable_segment() {
        let text = ExecSegment { offset: 0x1000, size: 0x12_3456_7000, is_main_binary: false };
        for (text, flags) in [(text, 0), (ExecSegment { is_main_binary: true, ..text }, 1)] {
            let signature = sign(b"0123456789abcdef", b"lib.dylib", text);
            assert_eq!([64, 72, 80].map(|at| u64_at(&signature[24..], at)), [0x1000, 0x12_3456_7000, flags]);
        }
    }

    /// What ld64.lld 19 wrote before the slots of a program of 0xc240 bytes.
    #[test]
    fn the_header_is_that_of_lld() {
        let mut theirs = Vec::new();
        for word in [
            0xfade0cc0u32,
            0x220,
            1,
            0,
            0x18,
            0,
            0xfade0c02,
            0x208,
            0x20400,
            0x20002,
            0x68,
            0x58,
            0,
            13,
            0xc240,
            0x2002000c,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            0x4000,
            0,
            1,
        ] {
            theirs.extend_from_slice(&word.to_be_bytes());
        }
        theirs.extend_from_slice(b"a.out\0\0\0\0\0\0\0\0\0\0\0");
        assert_eq!(Layout::new(b"a.out", 0xc240).header(TEXT), theirs);
        assert_eq!(Layout::new(b"a.out", 0xc240).size(), 544);
    }
}
