//! Version 5 of text stubs, in JSON. Keys come in any order; those that are left out of an entry are for all targets.
//!
//! ```text
//! { "tapi_tbd_version": 5,
//!   "main_library": {
//!     "target_info":      [ { "target": "arm64-macos", "min_deployment": "13.0" } ],
//!     "install_names":    [ { "targets": [ … ], "name": "/usr/lib/libfoo.dylib" } ],
//!     "current_versions": [ { "version": "1.2" } ],    "compatibility_versions", "swift_abi", "flags", "rpaths",
//!     "parent_umbrellas", "allowable_clients", "reexported_libraries": likewise
//!     "exported_symbols": [ { "targets": [ … ], "text": { "global": [ "_f" ], "weak": [ … ], … }, "data": { … } } ],
//!     "reexported_symbols": likewise },
//!   "libraries": [ { as main_library } ] }
//! ```

use super::Libraries;
use super::document::{Document, Kind};
use super::json::Reader;
use crate::args::macho::Version;
use crate::base::view::Malformed;
use crate::macho::dylib::Export;

/// Reads a file of version 5.
pub(super) fn parse<'a>(
    reader: &mut Reader<'a>,
    document: &mut Document<'a>,
    libraries: &mut Libraries<'a>,
) -> Result<(), Malformed> {
    reader.object(|reader, key| match key {
        b"tapi_tbd_version" => match reader.number()? {
            b"5" => Ok(()),
            _ => Err(reader.wrong("a text stub of an unknown version")),
        },
        b"main_library" => {
            libraries.outer = Some(library(reader, document, false)?);
            Ok(())
        }
        b"libraries" => reader.array(|reader| {
            libraries.inner.extend(library(reader, document, true)?);
            Ok(())
        }),
        _ => reader.skip(),
    })?;
    reader.end()
}

fn library<'a>(
    reader: &mut Reader<'a>,
    document: &mut Document<'a>,
    is_inner: bool,
) -> Result<Option<crate::macho::dylib::Dylib<'a>>, Malformed> {
    let offset = reader.offset();
    document.start(is_inner);
    reader.object(|reader, key| match key {
        b"target_info" => reader.array(|reader| target(reader, document)),
        b"install_names" => entries(reader, document, b"name", Kind::InstallName),
        b"current_versions" => entries(reader, document, b"version", Kind::CurrentVersion),
        b"compatibility_versions" => entries(reader, document, b"version", Kind::CompatibilityVersion),
        b"swift_abi" => entries(reader, document, b"abi", Kind::SwiftAbi),
        b"flags" => entries(reader, document, b"attributes", Kind::Flag),
        b"rpaths" => entries(reader, document, b"paths", Kind::Rpath),
        b"parent_umbrellas" => entries(reader, document, b"umbrella", Kind::Umbrella),
        b"allowable_clients" => entries(reader, document, b"clients", Kind::Client),
        b"reexported_libraries" => entries(reader, document, b"names", Kind::Reexport),
        b"exported_symbols" => symbols(reader, document, 0),
        b"reexported_symbols" => symbols(reader, document, Export::REEXPORT),
        // What the library itself needs does not concern its clients.
        _ => reader.skip(),
    })?;
    document.finish(offset)
}

/// One of `target_info`.
fn target<'a>(reader: &mut Reader<'a>, document: &mut Document<'a>) -> Result<(), Malformed> {
    let mut target: &[u8] = b"";
    let mut min = None;
    reader.object(|reader, key| {
        match key {
            b"target" => target = reader.string()?,
            b"min_deployment" => min = super::version(reader.string()?),
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    document.target(target, min.unwrap_or(Version(0)));
    Ok(())
}

/// Entries with optional targets, and a `kind` of facts under `wanted`: a string, a number, or a list of strings.
fn entries<'a>(
    reader: &mut Reader<'a>,
    document: &mut Document<'a>,
    wanted: &[u8],
    kind: Kind,
) -> Result<(), Malformed> {
    reader.array(|reader| {
        document.start_section();
        reader.object(|reader, key| {
            match (key, kind) {
                (b"targets", _) => reader.strings(|target| document.section_target(target))?,
                _ if key != wanted => reader.skip()?,
                (_, Kind::Flag | Kind::Rpath | Kind::Client | Kind::Reexport) => {
                    reader.strings(|text| document.fact(kind, text))?;
                }
                (_, Kind::SwiftAbi) => document.fact(kind, reader.number()?),
                _ => document.fact(kind, reader.string()?),
            }
            Ok(())
        })?;
        document.end_section();
        Ok(())
    })
}

/// Sections of names, all with `flags`. Whether they are code or data does not matter to a client.
fn symbols<'a>(reader: &mut Reader<'a>, document: &mut Document<'a>, flags: u8) -> Result<(), Malformed> {
    reader.array(|reader| {
        document.start_section();
        reader.object(|reader, key| match key {
            b"targets" => reader.strings(|target| document.section_target(target)),
            b"text" | b"data" => reader.object(|reader, key| segment(reader, key, flags, document)),
            _ => reader.skip(),
        })?;
        document.end_section();
        Ok(())
    })
}

/// The names under one key of a section's segment.
fn segment<'a>(reader: &mut Reader<'a>, key: &[u8], flags: u8, document: &mut Document<'a>) -> Result<(), Malformed> {
    match key {
        b"global" => reader.strings(|name| document.export(name, flags)),
        b"weak" => reader.strings(|name| document.export(name, flags | Export::WEAK_DEFINITION)),
        b"thread_local" => reader.strings(|name| document.export(name, flags | Export::THREAD_LOCAL)),
        b"objc_class" => reader.strings(|name| document.objc_class(name, flags)),
        b"objc_eh_type" => reader.strings(|name| document.objc(b"_OBJC_EHTYPE_$_", name, flags)),
        b"objc_ivar" => reader.strings(|name| document.objc(b"_OBJC_IVAR_$_", name, flags)),
        _ => reader.skip(),
    }
}
