//! Unwind tables of real objects, beside those that `ld64.lld` makes of them and as `llvm-objdump` reads them.

use super::tests::read;
use super::*;
use crate::base::view::{cstr, view, view_one};
use crate::macho::chunks::eh_frame;
use crate::macho::compact_unwind::{RelTarget, split};
use crate::macho::eh_frame::{Frames, Section as EhSection, parse};
use crate::macho::format::{Header, LC_SEGMENT_64, LC_SYMTAB, LoadCommand, Nlist, Section, Segment, SymtabCommand};
use crate::macho::object::{self, Object, Role};
use sinew_arena::Bump;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Functions of all sorts: without a frame, with frames, catching, with a big frame.
const SOURCE: &str = "
extern \"C\" void ext(int);
namespace NAME {
struct S { ~S(); };
S::~S() {}
int thrower(int x) { if (x) throw 3; return 4; }
int catcher(int x) { try { S s; ext(x); return thrower(x); } catch (int e) { return e; } }
int leaf(int a) { return a + 1; }
int leaf2(int a) { return a + 2; }
int big(int a) { volatile char b[10000]; b[a] = 1; ext(a); return b[3]; }
int catcher2(int x) { try { ext(x); return 1; } catch (...) { return 2; } }
}
";

/// Frames that a compact encoding cannot say, with and without a personality, and a function about which nobody knows.
const ASSEMBLY: &str = "
.section __TEXT,__text,regular,pure_instructions
.globl _NAME_dwarf, _NAME_plain, _NAME_compact, _NAME_none
.p2align 2
_NAME_dwarf:
 .cfi_startproc
 .cfi_personality 155, ___gxx_personality_v0
 .cfi_lsda 16, Lexception
 sub sp, sp, #16
 .cfi_def_cfa_offset 16
 .cfi_escape 0x2e, 0x10
 ret
 .cfi_endproc
_NAME_plain:
 .cfi_startproc
 sub sp, sp, #16
 .cfi_def_cfa_offset 16
 .cfi_register x30, x9
 ret
 .cfi_endproc
_NAME_none:
 ret
_NAME_compact:
 .cfi_startproc
 ret
 .cfi_endproc
.section __TEXT,__gcc_except_tab
.p2align 2
_NAME_exception:
Lexception: .long 1
.subsections_via_symbols
";

fn tool(name: &str, arguments: &[&str]) -> Option<Vec<u8>> {
    let output = match Command::new(name).args(arguments).output() {
        Ok(output) => output,
        Err(_) if env::var_os("SINEW_NO_SKIP").is_none() => return None,
        Err(e) => panic!("{name}: {e}"),
    };
    assert!(output.status.success(), "{name} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(output.stdout)
}

/// What a linked image has of the tables, and where its symbols are.
struct Image {
    sections: BTreeMap<Vec<u8>, Section>,
    symbols: BTreeMap<Vec<u8>, u64>,
}

fn image(bytes: &[u8]) -> Image {
    let mut image = Image { sections: BTreeMap::new(), symbols: BTreeMap::new() };
    let mut at = size_of::<Header>() as u64;
    for _ in 0..view_one::<Header>(bytes, 0, "header").unwrap().command_count.get() {
        let command = view_one::<LoadCommand>(bytes, at, "command").unwrap();
        if command.command.get() == LC_SEGMENT_64 {
            let count = view_one::<Segment>(bytes, at, "segment").unwrap().section_count.get() as usize;
            let sections = view::<Section>(bytes, at + size_of::<Segment>() as u64, count, "sections").unwrap();
            image.sections.extend(sections.iter().map(|s| (s.full_name().1.to_vec(), *s)));
        } else if command.command.get() == LC_SYMTAB {
            let table = view_one::<SymtabCommand>(bytes, at, "symbols").unwrap();
            let strings = &bytes[table.strings_offset.get() as usize..][..table.strings_size.get() as usize];
            let symbols =
                view::<Nlist>(bytes, table.symbols_offset.get().into(), table.symbol_count.get() as usize, "");
            let defined = symbols.unwrap().iter().filter(|s| s.section != 0 && !s.is_stab());
            image.symbols.extend(defined.map(|s| (cstr(strings, s.name.get()).unwrap().to_vec(), s.value.get())));
        }
        at += u64::from(command.size.get());
    }
    image
}

impl Image {
    fn bytes<'a>(&self, of: &'a [u8], name: &str) -> &'a [u8] {
        let section = &self.sections[name.as_bytes()];
        &of[section.offset.get() as usize..][..section.size.get() as usize]
    }

    /// Where what an object refers to came to lie: found by the nearest symbol before it that the image has, too.
    fn address(&self, object: &Object<'_>, target: &RelTarget) -> u64 {
        let mut address = target.addend;
        if target.external {
            let name = object.symbol_name(target.symbol_or_section).unwrap();
            if let Some(found) = self.symbols.get(name) {
                return found.wrapping_add(address);
            }
            address = address.wrapping_add(object.symbols[target.symbol_or_section as usize].value.get());
        }
        let named =
            |i: u32| Some((object.symbols[i as usize].value.get(), *self.symbols.get(object.symbol_name(i).ok()?)?));
        let symbols =
            (0..object.symbols.len() as u32).filter(|i| object.symbols[*i as usize].section != 0).filter_map(named);
        let (from, to) = symbols.filter(|(value, _)| *value <= address).max().unwrap();
        address - from + to
    }
}

/// Index of the section that has a role.
fn section(object: &Object<'_>, role: Role) -> Option<u32> {
    object.roles.iter().position(|r| *r == role).map(|i| i as u32)
}

fn frames(object: &Object<'_>) -> Frames {
    let Some(index) = section(object, Role::EhFrame) else { return Frames::default() };
    let (bytes, relocations) = (object.section_bytes(index), object.relocations[index as usize]);
    let address = object.sections[index as usize].address.get();
    let section = EhSection { bytes, address, relocations, start: 0, kinds: crate::macho::eh_frame::ARM64 };
    parse(&section, |s| object.symbols.get(s as usize).filter(|s| s.section != 0).map(|s| s.value.get())).unwrap()
}

/// What a row comes to: an encoding, or what the FDE at its offset says.
#[derive(Debug, PartialEq, Eq)]
enum Meaning {
    Compact(u32),
    /// Length, LSDA, personality's slot.
    Fde(u64, Option<u64>, Option<u64>),
}

fn meanings(rows: &[(u32, u32)], frames: &Frames) -> Vec<(u32, Meaning)> {
    let meaning = |(function, encoding): &(u32, u32)| {
        let fde = || {
            let offset = encoding & DELTA_MASK;
            let fde = frames.fdes.iter().find(|f| f.offset == offset).expect("an FDE is where its row says");
            assert_eq!(fde.function.target.addend as u32, *function);
            let slot = frames.cies[fde.cie as usize].personality.map(|p| p.target.addend);
            Meaning::Fde(fde.length, fde.lsda.map(|l| l.target.addend), slot)
        };
        (*function, if ARM64.is_fde(*encoding) { fde() } else { Meaning::Compact(*encoding) })
    };
    rows.iter().map(meaning).collect()
}

/// Entries of all functions of `objects`: (entries sorted by address, bytes of `__eh_frame`).
fn tables(objects: &[Object<'_>], image: &Image, slot: u64) -> (Vec<Entry>, Vec<u8>) {
    let frames: Vec<Frames> = objects.iter().map(frames).collect();
    let mut entries: BTreeMap<u64, Entry> = BTreeMap::new();
    for object in objects {
        let index = section(object, Role::CompactUnwind).unwrap();
        for raw in split(object.section_bytes(index), object.relocations[index as usize], 0).unwrap() {
            let at = |t: &RelTarget| image.address(object, t);
            let function = at(&raw.function);
            let (personality, lsda) = (raw.personality.map(|_| 0), raw.lsda.as_ref().map(at));
            entries.insert(function, Entry { function, length: raw.length, encoding: raw.encoding, personality, lsda });
        }
    }
    let wanted = |f: usize, t: &RelTarget| {
        ARM64.needs_fde(entries.get(&image.address(&objects[f], t)).map(|entry| entry.encoding))
    };
    let fdes: Vec<Vec<u32>> = frames
        .iter()
        .enumerate()
        .map(|(f, frames)| {
            (0..frames.fdes.len() as u32).filter(|i| wanted(f, &frames.fdes[*i as usize].function.target)).collect()
        })
        .collect();
    let bytes = |f: usize| section(&objects[f], Role::EhFrame).map_or(&[][..], |i| objects[f].section_bytes(i));
    let chosen: Vec<eh_frame::Chosen<'_>> =
        (0..objects.len()).map(|f| eh_frame::Chosen { bytes: bytes(f), frames: &frames[f], fdes: &fdes[f] }).collect();
    let planned = eh_frame::plan(&chosen, |_, _| 0).unwrap();
    for (f, file) in planned.files.iter().enumerate() {
        for (fde, offset) in fdes[f].iter().zip(&file.offsets) {
            let fde = &frames[f].fdes[*fde as usize];
            let function = image.address(&objects[f], &fde.function.target);
            let (length, encoding) = (fde.length as u32, ARM64.fde(*offset));
            entries.insert(function, Entry { function, length, encoding, personality: None, lsda: None });
        }
    }
    let at = image.sections[&b"__eh_frame"[..]].address.get();
    let resolve = |f: usize, p: &crate::macho::eh_frame::Pointer| {
        if p.got { slot } else { image.address(&objects[f], &p.target) }
    };
    let eh_frame = eh_frame::write(&planned, &chosen, at, resolve).unwrap();
    (entries.into_values().collect(), eh_frame)
}

/// Compiles and links; `None` where the tools are not there.
fn build(folder: &Path) -> Option<(Vec<PathBuf>, PathBuf)> {
    fs::create_dir_all(folder).unwrap();
    // An exception table is called by the number of its function, and names must tell them apart here.
    let more: String = (0..20).map(|i| format!("int more{i}() {{ return {i}; }}\n")).collect();
    let mut objects = Vec::new();
    for (name, text) in [
        ("a.cpp", SOURCE.replace("NAME", "a")),
        ("b.s", ASSEMBLY.replace("NAME", "b")),
        ("c.cpp", more + &SOURCE.replace("NAME", "c")),
        ("d.s", ASSEMBLY.replace("NAME", "d")),
    ] {
        let (source, object) = (folder.join(name), folder.join(name).with_extension("o"));
        fs::write(&source, text).unwrap();
        let paths = ["-c", source.to_str().unwrap(), "-o", object.to_str().unwrap()];
        tool("clang-19", &[&["--target=arm64-apple-macos13", "-fexceptions", "-O1"][..], &paths].concat())?;
        objects.push(object);
    }
    let image = folder.join("image");
    let mut arguments: Vec<&str> =
        "-arch arm64 -platform_version macos 13 13 -dylib -undefined dynamic_lookup -o".split(' ').collect();
    arguments.push(image.to_str().unwrap());
    arguments.extend(objects.iter().map(|o| o.to_str().unwrap()));
    tool("ld64.lld-19", &arguments)?;
    Some((objects, image))
}

#[test]
fn real_objects_unwind_as_those_that_lld_links() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tmp/unwind-peers");
    let Some((objects, linked)) = build(&folder) else { return };
    let mut bytes = fs::read(&linked).unwrap();
    let image = image(&bytes);
    let theirs = read(image.bytes(&bytes, "__unwind_info"));
    let arena = Bump::default();
    let files: Vec<Vec<u8>> = objects.iter().map(|o| fs::read(o).unwrap()).collect();
    let objects: Vec<Object<'_>> = files.iter().map(|f| object::parse(f, &arena).unwrap()).collect();
    let (mut entries, eh_frame) = tables(&objects, &image, theirs.slots[0].into());
    // What is too short for a gap must be said: the assembly's functions without information, of one instruction.
    for name in [&b"_b_none"[..], b"_d_none"] {
        entries.push(Entry { function: image.symbols[name], length: 4, encoding: 0, personality: None, lsda: None });
    }
    entries.sort_by_key(|e| e.function);
    let planned = plan(&entries, 0, ARM64).unwrap();
    let ours_bytes = write(&planned, 0, |_| theirs.slots[0].into(), |lsda| lsda);
    let ours = read(&ours_bytes);

    let at = image.sections[&b"__eh_frame"[..]].address.get();
    let frames = |bytes: &[u8]| eh_frame::tests::reread(bytes.to_vec(), at);
    let (our_frames, their_frames) = (frames(&eh_frame), frames(image.bytes(&bytes, "__eh_frame")));
    let (ours_mean, theirs_mean) = (meanings(&ours.rows, &our_frames), meanings(&theirs.rows, &their_frames));
    assert_eq!(ours_mean, theirs_mean);
    assert_eq!(ours_mean.iter().filter(|m| matches!(m.1, Meaning::Fde(..))).count(), 4);
    assert!(ours_mean.iter().any(|m| matches!(m.1, Meaning::Fde(_, Some(_), Some(_)))));
    assert_eq!((ours.end, &ours.slots), (theirs.end, &theirs.slots));
    // lld repeats the LSDA of FDEs, which nobody looks up there.
    let compact = |function: u32| theirs.rows.iter().any(|r| r.0 == function && !ARM64.is_fde(r.1));
    let lsdas: Vec<(u32, u32)> = theirs.lsdas.iter().filter(|l| compact(l.0)).copied().collect();
    assert_eq!(ours.lsdas, lsdas);
    assert!(lsdas.len() >= 4);

    // In the place of lld's, ours are no longer than those, and another reader finds the same rows.
    for (name, ours) in [("__unwind_info", &ours_bytes), ("__eh_frame", &eh_frame)] {
        let offset = image.sections[name.as_bytes()].offset.get() as usize;
        assert!(ours.len() <= image.bytes(&bytes, name).len(), "{name}");
        bytes[offset..offset + ours.len()].copy_from_slice(ours);
    }
    let patched = folder.join("patched");
    fs::write(&patched, &bytes).unwrap();
    let Some(text) = tool("llvm-objdump-19", &["--unwind-info", patched.to_str().unwrap()]) else { return };
    let text = String::from_utf8(text).unwrap();
    let hex = |s: &str| u32::from_str_radix(&s[s.find("0x").unwrap() + 2..], 16).unwrap();
    let rows = text.lines().filter(|l| l.contains(", encoding[")).map(|l| {
        let (function, encoding) = l.split_once(',').unwrap();
        (hex(function), hex(encoding))
    });
    assert_eq!(rows.collect::<Vec<_>>(), ours.rows);
}
