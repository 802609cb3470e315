//! `__TEXT,__eh_frame`: the call frame information of functions whose frames no compact encoding describes.
//!
//! Read at run time by libunwind, which comes here from `__unwind_info` with the offset of an FDE. Records are those of the
//! objects (`macho::eh_frame`): for each object its chosen FDEs in order, and before them those of their CIEs that no
//! earlier object has already brought. Two CIEs are equal if their bytes are and if they name the same personality
//! routine. A record keeps its bytes but for the distance from an FDE to its CIE and for its pointers, which are distances
//! too. The section ends with its last record, without a terminator: the unwinder knows its size.
//!
//! [`plan`] needs no address, so that the section's size is known while segments are laid out, and the offsets of FDEs
//! while `__unwind_info` is planned. Cost: linear in the chosen FDEs, one hash of each CIE that they use.

use crate::macho::eh_frame::{Cie, Frames, Pointer};
use std::collections::HashMap;
use std::fmt;

/// What the image takes of one object.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'a> {
    /// The object's section.
    pub bytes: &'a [u8],
    /// Its records.
    pub frames: &'a Frames,
    /// Indices of FDEs.
    pub fdes: &'a [u32],
}

/// Where each record goes.
#[derive(Debug, Default)]
pub struct Plan {
    /// By object.
    pub files: Vec<FilePlan>,
    /// Bytes of the section.
    pub size: u32,
}

/// Where the records of one object go: bytes from the start of the output section.
#[derive(Debug, Default)]
pub struct FilePlan {
    /// By chosen FDE, in the order of [`Chosen::fdes`]: where it is. What `unwind_info::Modes::fde` wants.
    pub offsets: Vec<u32>,
    /// By chosen FDE: where its CIE is.
    cies: Vec<u32>,
    /// CIEs that this object brings, by index, and where they go.
    own_cies: Vec<(u32, u32)>,
}

/// What the format cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The section is larger than 4 GiB.
    TooLarge,
    /// A target is further away from a pointer of four bytes than 2 GiB.
    OutOfRange {
        /// The object.
        file: usize,
        /// The pointer, in bytes from the start of the object's section.
        offset: u32,
    },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Refused::TooLarge => "__eh_frame would be larger than 4 GiB",
            Refused::OutOfRange { .. } => "a pointer of __eh_frame is more than 2 GiB away from its target",
        })
    }
}

/// A CIE without the bytes of its personality pointer, whose value is where it points to.
#[derive(PartialEq, Eq, Hash)]
struct Key<'a> {
    before: &'a [u8],
    after: &'a [u8],
    personality: Option<u64>,
}

/// Gives each chosen FDE of `files`, and each CIE that one of them needs, its place. `personality` maps the personality
/// routine of a CIE of the file with that index to a number, the same for equal routines.
pub fn plan(files: &[Chosen<'_>], personality: impl Fn(usize, &Pointer) -> u64) -> Result<Plan, Refused> {
    let mut plan = Plan { files: Vec::with_capacity(files.len()), size: 0 };
    let mut known = HashMap::new();
    let mut size = 0u64;
    for (f, file) in files.iter().enumerate() {
        let mut own = FilePlan::default();
        // Where each of the file's CIEs went, once one of its FDEs has asked.
        let mut placed: Vec<Option<u32>> = vec![None; file.frames.cies.len()];
        for fde in file.fdes {
            let number = file.frames.fdes[*fde as usize].cie;
            let place = *placed[number as usize].get_or_insert_with(|| {
                let cie = &file.frames.cies[number as usize];
                *known.entry(key(file.bytes, cie, |p| personality(f, p))).or_insert_with(|| {
                    let place = size as u32;
                    own.own_cies.push((number, place));
                    size += u64::from(cie.size);
                    place
                })
            });
            own.cies.push(place);
        }
        for fde in file.fdes {
            own.offsets.push(size as u32);
            size += u64::from(file.frames.fdes[*fde as usize].size);
        }
        plan.files.push(own);
    }
    plan.size = u32::try_from(size).map_err(|_| Refused::TooLarge)?;
    Ok(plan)
}

/// The section's bytes at `address`. `files` are those that were planned; `resolve` gives the address of what a pointer of
/// the file with that index refers to: its target, or the GOT slot of its target.
pub fn write(
    plan: &Plan,
    files: &[Chosen<'_>],
    address: u64,
    resolve: impl Fn(usize, &Pointer) -> u64,
) -> Result<Vec<u8>, Refused> {
    let mut out = Vec::with_capacity(plan.size as usize);
    for (f, (file, places)) in files.iter().zip(&plan.files).enumerate() {
        for (number, place) in &places.own_cies {
            let cie = &file.frames.cies[*number as usize];
            let record = append(&mut out, record(file.bytes, cie.offset, cie.size), *place);
            if let Some(p) = &cie.personality {
                let place = address.wrapping_add((place + p.offset - cie.offset).into());
                store(record, cie.offset, p, resolve(f, p).wrapping_sub(place), f)?;
            }
        }
        for ((number, place), cie) in file.fdes.iter().zip(&places.offsets).zip(&places.cies) {
            let fde = &file.frames.fdes[*number as usize];
            let record = append(&mut out, record(file.bytes, fde.offset, fde.size), *place);
            let field = fde.cie_field as usize;
            record[field..field + 4].copy_from_slice(&(place + fde.cie_field - cie).to_le_bytes());
            for p in [Some(&fde.function), fde.lsda.as_ref()].into_iter().flatten() {
                let place = address.wrapping_add((place + p.offset - fde.offset).into());
                store(record, fde.offset, p, resolve(f, p).wrapping_sub(place), f)?;
            }
        }
    }
    assert_eq!(out.len(), plan.size as usize, "the size of __eh_frame was planned");
    Ok(out)
}

/// The bytes of a record, which its parser has seen to be there.
fn record(bytes: &[u8], offset: u32, size: u32) -> &[u8] {
    &bytes[offset as usize..][..size as usize]
}

fn key<'a>(bytes: &'a [u8], cie: &Cie, personality: impl Fn(&Pointer) -> u64) -> Key<'a> {
    let bytes = record(bytes, cie.offset, cie.size);
    match &cie.personality {
        None => Key { before: bytes, after: &[], personality: None },
        Some(p) => {
            let (before, rest) = bytes.split_at((p.offset - cie.offset) as usize);
            Key { before, after: &rest[p.size.into()..], personality: Some(personality(p)) }
        }
    }
}

/// Appends a record at `place`, which is the end of `out`, and gives back its copy.
fn append<'o>(out: &'o mut Vec<u8>, record: &[u8], place: u32) -> &'o mut [u8] {
    let start = out.len();
    assert_eq!(start, place as usize, "records of __eh_frame are written where they were planned");
    out.extend_from_slice(record);
    &mut out[start..]
}

/// Writes `distance` to the pointer `p` of a record that began at `start` of the section of object `file`.
fn store(record: &mut [u8], start: u32, p: &Pointer, distance: u64, file: usize) -> Result<(), Refused> {
    let field = &mut record[(p.offset - start) as usize..][..p.size.into()];
    if p.size == 4 && i32::try_from(distance.cast_signed()).is_err() {
        return Err(Refused::OutOfRange { file, offset: p.offset });
    }
    field.copy_from_slice(&distance.to_le_bytes()[..p.size.into()]);
    Ok(())
}

#[cfg(test)]
pub(super) mod tests;
