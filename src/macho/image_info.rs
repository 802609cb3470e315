//! `__objc_imageinfo`: what the Objective-C runtime asks of an image as a whole, made of what the objects say.
//!
//! Eight bytes: a version, always 0, and flags (`objc-private.h`, `objc_image_info`). That categories may have class
//! properties holds if it holds of all objects; versions of Swift are those of the object that has the newest.

use super::object::Role;
use super::relocs::Context;

/// Categories may have class properties.
const HAS_CATEGORY_CLASS_PROPERTIES: u32 = 0x40;
/// The ABI of Swift, 0 without any.
const SWIFT_ABI: u32 = 0xff00;
/// The version of the Swift language: major and minor.
const SWIFT_LANGUAGE: u32 = 0xffff_0000;

/// The record of the output, or nothing if no object has one.
pub fn merge(context: &Context<'_, '_>) -> Vec<u8> {
    let mut merged: Option<u32> = None;
    for (_, object) in context.objects() {
        for index in (0..object.sections.len()).filter(|i| object.roles[*i] == Role::ImageInfo) {
            let Some(flags) = object.section_bytes(index as u32).get(4..8) else { continue };
            let flags = u32::from_le_bytes(flags.try_into().expect("four bytes"));
            let before = merged.unwrap_or(flags);
            merged = Some(
                before & flags & HAS_CATEGORY_CLASS_PROPERTIES
                    | (before & SWIFT_ABI).max(flags & SWIFT_ABI)
                    | (before & SWIFT_LANGUAGE).max(flags & SWIFT_LANGUAGE),
            );
        }
    }
    merged.map_or(Vec::new(), |flags| [0u32.to_le_bytes(), flags.to_le_bytes()].concat())
}
