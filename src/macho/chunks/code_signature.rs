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
