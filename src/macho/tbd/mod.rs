//! Text stubs (`.tbd`): a library's names without its code, as SDKs have them.
//!
//! Versions 1 to 4 are YAML, version 5 is JSON; what they say is the same, but for who says it. [`parse`] takes what is
//! there for one machine and platform. The first document is the library; the others are libraries that it re-exports
//! and that have no file of their own.
//!
//! ```text
//! version 1       ---                     archs: [ … ]  platform: macosx        exports: - archs: [ … ]
//! versions 2, 3   --- !tapi-tbd-v3        archs: [ … ]  platform: zippered      exports: - archs: [ … ]
//! version 4       --- !tapi-tbd           targets: [ arm64-macos, … ]           exports: - targets: [ … ]
//! version 5       { "main_library": …     "target_info": [ { "target": … } ]    "exported_symbols": [ { "targets": … } ]
//! ```
//!
//! Every link reads one with ten thousand names, so names are slices of the file, and nothing is allocated for each but
//! its 24 bytes in the arena; only the symbols of Objective-C classes and variables are put together there.
//! Cost: linear in the bytes, each looked at once; the 335 KB of libSystem take a quarter of a millisecond.

mod document;
mod json;
mod v5;
mod yaml;

use super::dylib::{Dylib, Export};
use crate::args::macho::{Arch, Target, Version};
use crate::base::view::Malformed;
use document::{Document, Kind};
use sinew_arena::Bump;
use yaml::Reader;

/// Whether a file looks like a text stub: a document mark, the first key of version 1, or a JSON object.
pub fn is_tbd(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    [&b"---"[..], b"archs:", b"{"].iter().any(|start| text.starts_with(start))
}

/// Reads the part of a text stub that is for `arch` and the platform of `target`. `None` if it has no such part.
pub fn parse<'a>(bytes: &'a [u8], arch: Arch, target: Target, arena: &'a Bump) -> Result<Option<Dylib<'a>>, Malformed> {
    let mut document = Document::new(arch, target.platform, arena);
    let mut libraries = Libraries::default();
    if bytes.trim_ascii_start().starts_with(b"{") {
        v5::parse(&mut json::Reader::new(bytes, arena), &mut document, &mut libraries)?;
    } else {
        let mut reader = Reader::new(bytes, arena);
        while let Some(tag) = reader.next_document()? {
            let offset = reader.offset();
            document.start(libraries.outer.is_some());
            one_document(&mut reader, tag, &mut document)?;
            let library = document.finish(offset)?;
            match libraries.outer {
                None => libraries.outer = Some(library),
                Some(_) => libraries.inner.extend(library),
            }
        }
    }
    let outer = libraries.outer.ok_or_else(|| Malformed::new(0, "a text stub without a library"))?;
    Ok(outer.map(|outer| Dylib { inner: arena.copy(&libraries.inner), ..outer }))
}

/// The libraries of a file.
#[derive(Default)]
struct Libraries<'a> {
    /// The one that clients name, once it was met; within, `None` if it is not for this link.
    outer: Option<Option<Dylib<'a>>>,
    inner: Vec<Dylib<'a>>,
}

/// Reads one document of versions 1 to 4.
fn one_document<'a>(reader: &mut Reader<'a>, tag: &[u8], document: &mut Document<'a>) -> Result<(), Malformed> {
    // Names of classes carry the underscore of C in the first two versions.
    let underscore = match tag {
        b"" | b"!tapi-tbd-v1" | b"!tapi-tbd-v2" => true,
        b"!tapi-tbd-v3" | b"!tapi-tbd" => false,
        _ => return Err(reader.wrong("a text stub of an unknown version")),
    };
    reader.mapping(&mut |reader, key| {
        let mut fact = |kind, reader: &mut Reader<'a>| {
            document.fact(kind, reader.scalar()?);
            Ok(())
        };
        match key {
            // Version 4 says so here, earlier ones in the tag alone.
            b"tbd-version" if reader.scalar()? == b"4" => Ok(()),
            b"tbd-version" => Err(reader.wrong("a text stub of an unknown version")),
            b"install-name" => fact(Kind::InstallName, reader),
            b"current-version" => fact(Kind::CurrentVersion, reader),
            b"compatibility-version" => fact(Kind::CompatibilityVersion, reader),
            b"swift-abi-version" | b"swift-version" => fact(Kind::SwiftAbi, reader),
            // One name until version 3, then a list of sections.
            b"parent-umbrella" if !reader.at_sequence() => fact(Kind::Umbrella, reader),
            b"flags" => reader.strings(|flag| document.fact(Kind::Flag, flag)),
            b"targets" => reader.strings(|target| document.target(target, Version(0))),
            b"archs" => reader.strings(|arch| document.arch(arch)),
            b"platform" => {
                document.platform(reader.scalar()?);
                Ok(())
            }
            b"parent-umbrella" | b"allowable-clients" | b"reexported-libraries" | b"exports" => {
                reader.mappings(&mut |reader| section(reader, underscore, 0, document))
            }
            b"reexports" | b"re-exports" => {
                reader.mappings(&mut |reader| section(reader, underscore, Export::REEXPORT, document))
            }
            // What the library itself needs does not concern its clients; other keys say how it was made.
            _ => reader.skip(),
        }
    })
}

/// Reads one section. Its keys tell what it is about, wherever it stands; names get `flags`.
fn section<'a>(
    reader: &mut Reader<'a>,
    underscore: bool,
    flags: u8,
    document: &mut Document<'a>,
) -> Result<(), Malformed> {
    let plain = |name: &'a [u8]| if underscore { name.strip_prefix(b"_").unwrap_or(name) } else { name };
    document.start_section();
    reader.mapping(&mut |reader, key| match key {
        b"targets" => reader.strings(|target| document.section_target(target)),
        b"archs" => reader.strings(|arch| document.section_arch(arch)),
        b"umbrella" => {
            document.fact(Kind::Umbrella, reader.scalar()?);
            Ok(())
        }
        b"clients" | b"allowable-clients" | b"allowed-clients" => {
            reader.strings(|client| document.fact(Kind::Client, client))
        }
        b"libraries" | b"re-exports" => reader.strings(|library| document.fact(Kind::Reexport, library)),
        // A section for other targets.
        _ if document.is_elsewhere() => reader.skip(),
        b"symbols" => reader.strings(|name| document.export(name, flags)),
        b"weak-symbols" | b"weak-def-symbols" => {
            reader.strings(|name| document.export(name, flags | Export::WEAK_DEFINITION))
        }
        b"thread-local-symbols" => reader.strings(|name| document.export(name, flags | Export::THREAD_LOCAL)),
        b"objc-classes" => reader.strings(|name| document.objc_class(plain(name), flags)),
        b"objc-eh-types" => reader.strings(|name| document.objc(b"_OBJC_EHTYPE_$_", plain(name), flags)),
        b"objc-ivars" => reader.strings(|name| document.objc(b"_OBJC_IVAR_$_", plain(name), flags)),
        _ => reader.skip(),
    })?;
    document.end_section();
    Ok(())
}

/// A version X, X.Y or X.Y.Z, packed. Numbers that are too large become the largest, more than three are dropped.
pub(super) fn version(text: &[u8]) -> Option<Version> {
    let mut numbers = [0u32; 3];
    for (i, part) in text.split(|b| *b == b'.').enumerate() {
        if part.is_empty() || !part.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let number = part.iter().fold(0u32, |n, digit| n.saturating_mul(10).saturating_add(u32::from(digit - b'0')));
        if let Some(place) = numbers.get_mut(i) {
            *place = number;
        }
    }
    Some(Version(numbers[0].min(0xffff) << 16 | numbers[1].min(0xff) << 8 | numbers[2].min(0xff)))
}

#[cfg(test)]
mod tests;
