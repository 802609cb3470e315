//! `__objc_imageinfo`: what the Objective-C runtime asks of an image as a whole, made of what the objects say.
//!
//! Eight bytes: a version, always 0, and flags (`objc-private.h`, `objc_image_info`). That categories may have class
//! properties holds if it holds of all objects. All Swift of an image must have one ABI; the language may be of several
//! versions, and the newest is told. Garbage collection is no more: an object that cannot do without does not link.

use super::object::Role;
use super::relocs::Context;
use crate::base::diag::Reported;
use crate::base::ids::FileId;
use crate::base::session::Session;

/// The code cannot do without garbage collection.
const REQUIRES_GC: u32 = 0x4;
/// Built for a simulator.
const IS_SIMULATED: u32 = 0x20;
/// Categories may have class properties.
const HAS_CATEGORY_CLASS_PROPERTIES: u32 = 0x40;
/// The ABI of Swift, 0 without any.
const SWIFT_ABI: u32 = 0xff00;
/// The version of the Swift language: major and minor.
const SWIFT_LANGUAGE: u32 = 0xffff_0000;

/// The record of the output, or nothing if no object has one.
pub fn merge(context: &Context<'_, '_>, cx: &Session) -> Result<Vec<u8>, Reported> {
    let mut merged: Option<u32> = None;
    let mut swift: Option<(FileId, u32)> = None;
    for (file, object) in context.objects() {
        for index in (0..object.sections.len()).filter(|i| object.roles[*i] == Role::ImageInfo) {
            let Some(flags) = object.section_bytes(index as u32).get(4..8) else { continue };
            let flags = u32::from_le_bytes(flags.try_into().expect("four bytes"));
            let order = u64::from(file.0) << 32;
            if flags & REQUIRES_GC != 0 {
                let path = &context.files[file];
                let why = "needs Objective-C garbage collection, which no system has; compile it with -fobjc-arc";
                cx.diag.error_at(order, format_args!("{path} {why}"));
            }
            let abi = flags & SWIFT_ABI;
            match swift {
                None if abi != 0 => swift = Some((file, abi)),
                Some((first, other)) if abi != 0 && abi != other => {
                    let (first, path) = (&context.files[first], &context.files[file]);
                    let (other, abi) = (other >> 8, abi >> 8);
                    let text = "Swift of two ABIs cannot be in one image";
                    cx.diag.error_at(order, format_args!("{text}: {first} has version {other}, {path} version {abi}"));
                }
                _ => {}
            }
            let before = merged.unwrap_or(flags);
            merged = Some(
                before & flags & HAS_CATEGORY_CLASS_PROPERTIES
                    | (before | flags) & (IS_SIMULATED | SWIFT_ABI)
                    | (before & SWIFT_LANGUAGE).max(flags & SWIFT_LANGUAGE),
            );
        }
    }
    cx.diag.checkpoint()?;
    Ok(merged.map_or(Vec::new(), |flags| [0u32.to_le_bytes(), flags.to_le_bytes()].concat()))
}
