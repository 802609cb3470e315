//! What describes the object beside sections and symbols: data in code, optimization hints, options for the final link,
//! and what the object says that it is for.

use super::super::arch::relax;
use super::super::format::*;
use super::super::functions;
use super::super::hints;
use super::super::image::Image;
use super::super::object::{Object, Role};
use super::symbols::Table;
use crate::args::macho::{Args, Platform, Target, Uuid, Version};
use crate::base::diag::Reported;
use crate::base::ids::FileId;
use crate::base::leb128::write_uleb;
use crate::base::session::Session;
use std::collections::HashSet;

/// The finished pieces.
#[derive(Debug, Default)]
pub struct Tail {
    /// `LC_DATA_IN_CODE`.
    pub data_in_code: Vec<u8>,
    /// `LC_LINKER_OPTIMIZATION_HINT`.
    pub hints: Vec<u8>,
    /// `LC_LINKER_OPTION`s, the words of each.
    pub options: Vec<Vec<Vec<u8>>>,
    /// What it is built for; nothing if not every part says so.
    pub targets: Vec<Target>,
    /// `MH_*`.
    pub flags: u32,
    /// Whether it has an `LC_UUID`: a debug map may name it.
    pub has_uuid: bool,
}

/// Builds them.
pub fn build(image: &Image<'_, '_>, table: &Table, cx: &Session) -> Result<Tail, Reported> {
    let (context, args) = (&image.context, image.context.args);
    let has_dwarf = context.objects().any(|(_, object)| has_dwarf(object));
    let tail = Tail {
        data_in_code: functions::data_in_code(image, args),
        hints: moved_hints(image, cx),
        options: options(image),
        targets: targets(image, args),
        flags: if table.subsections { MH_SUBSECTIONS_VIA_SYMBOLS } else { 0 },
        has_uuid: has_dwarf && args.uuid != Uuid::None,
    };
    cx.diag.checkpoint()?;
    Ok(tail)
}

fn has_dwarf(object: &Object<'_>) -> bool {
    let is_info = |(section, role): (&Section, &Role)| *role == Role::Debug && section.full_name().1 == b"__debug_info";
    object.sections.iter().zip(object.roles).any(is_info)
}

/// The hints of the kept atoms, with their new addresses.
fn moved_hints(image: &Image<'_, '_>, cx: &Session) -> Vec<u8> {
    let context = &image.context;
    let weight: u64 = context.objects().map(|(_, object)| object.hints.len() as u64).sum();
    if weight == 0 {
        return Vec::new();
    }
    let groups = context.groups(1 << 20);
    let written = cx.par.map(groups.len(), weight * 4, |g| {
        let mut out = Vec::new();
        for file in groups[g].clone().map(|f| FileId(f as u32)).filter(|f| context.live.contains(f.idx())) {
            let Some(object) = context.files[file].object().filter(|object| !object.hints.is_empty()) else { continue };
            match hints::of_object(object) {
                Ok(list) => list.iter().for_each(|hint| write_hint(image, file, object, hint, &mut out)),
                Err(error) => context.files.malformed(file, &error, cx),
            }
        }
        out
    });
    let mut bytes = written.concat();
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}

/// Appends a hint, unless the output lacks one of its instructions.
fn write_hint(image: &Image<'_, '_>, file: FileId, object: &Object<'_>, hint: &hints::Hint, out: &mut Vec<u8>) {
    let atoms = image.context.atoms;
    let count = relax::operands(hint.kind).unwrap_or(0);
    let mut places = [0; 3];
    for (place, address) in places.iter_mut().zip(&hint.at[..count]) {
        let Some((atom, offset)) = object.atom_at_address((*address).into()) else { return };
        let atom = atoms.id(file, atom);
        if !atoms.kept.contains(atom.idx()) {
            return;
        }
        *place = image.place(atom, offset);
    }
    write_uleb(out, hint.kind.into());
    write_uleb(out, count as u64);
    places[..count].iter().for_each(|place| write_uleb(out, *place));
}

/// What the parts ask the final link for, each once; then what the command line adds.
fn options(image: &Image<'_, '_>) -> Vec<Vec<Vec<u8>>> {
    let context = &image.context;
    let mut seen: HashSet<Vec<Vec<u8>>> = HashSet::new();
    let of_parts = context.objects().flat_map(|(_, object)| object.linker_options.iter());
    let of_parts = of_parts.map(|words| words.iter().map(|word| word.to_vec()).collect());
    let added = context.args.linker_options.iter().map(|words| words.iter().map(|word| word.0.clone()).collect());
    of_parts.chain(added).filter(|words: &Vec<Vec<u8>>| seen.insert(words.clone())).collect()
}

/// What the object is for: as the command line says, or as all parts do. The newest system that one needs is needed.
fn targets(image: &Image<'_, '_>, args: &Args) -> Vec<Target> {
    if let Some(target) = args.target {
        return std::iter::once(target).chain(args.target_variant).collect();
    }
    let mut agreed: Option<Target> = None;
    for (_, object) in image.context.objects() {
        let Some((platform, min, sdk)) = object.platform else { return Vec::new() };
        let target =
            agreed.get_or_insert(Target { platform: Platform(platform), min: Version(min), sdk: Version(sdk) });
        target.min = target.min.max(Version(min));
        target.sdk = target.sdk.max(Version(sdk));
    }
    agreed.into_iter().collect()
}
