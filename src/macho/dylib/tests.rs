//! Binary libraries made here, what `$ld$` names do to them, and damage.

use super::*;
use crate::args::macho::Target;
use crate::macho::chunks::export_trie::{self, Target as Value};
use zerocopy::IntoBytes;

/// A load command of `kind`: `fields` after the first two, then `text` with its NUL, padded to eight bytes.
fn command(kind: u32, fields: &[u32], text: &[u8]) -> Vec<u8> {
    let mut rest: Vec<u8> = fields.iter().flat_map(|field| field.to_le_bytes()).collect();
    rest.extend_from_slice(text);
    if !text.is_empty() {
        rest.push(0);
    }
    rest.resize(rest.len().next_multiple_of(8), 0);
    let size = 8 + rest.len() as u32;
    [&kind.to_le_bytes()[..], &size.to_le_bytes(), &rest].concat()
}

fn image(file_type: u32, flags: u32, commands: &[Vec<u8>]) -> Vec<u8> {
    let header = Header {
        magic: MH_MAGIC_64.into(),
        cpu_type: CPU_TYPE_ARM64.into(),
        cpu_subtype: 0.into(),
        file_type: file_type.into(),
        command_count: (commands.len() as u32).into(),
        commands_size: (commands.concat().len() as u32).into(),
        flags: flags.into(),
        reserved: 0.into(),
    };
    [header.as_bytes(), &commands.concat()].concat()
}

/// A library with one of everything, and the trie of `exports` at its end.
fn library(exports: &[export_trie::Export<'_>], flags: u32) -> Vec<u8> {
    let trie = export_trie::tests::build(exports, &std::collections::HashMap::new());
    let commands = |offset: u32| {
        [
            command(LC_ID_DYLIB, &[24, 0, 0x2_0100, 0x1_0000], b"/usr/lib/libx.dylib"),
            command(LC_REEXPORT_DYLIB, &[24, 0, 0, 0], b"@rpath/liby.dylib"),
            command(LC_LOAD_DYLIB, &[24, 0, 0, 0], b"/usr/lib/libSystem.B.dylib"),
            command(LC_RPATH, &[12], b"@loader_path/.."),
            command(LC_SUB_FRAMEWORK, &[12], b"Umbrella"),
            command(LC_SUB_CLIENT, &[12], b"friend"),
            command(LC_BUILD_VERSION, &[1, 0xd_0000, 0xe_0000, 0], b""),
            command(LC_DYLD_EXPORTS_TRIE, &[offset, trie.len() as u32], b""),
        ]
    };
    let head = image(MH_DYLIB, flags, &commands(0)).len() as u32;
    [image(MH_DYLIB, flags, &commands(head)), trie].concat()
}

const REGULAR: Value<'static> = Value::Address(0x4000);

fn some_exports() -> Vec<export_trie::Export<'static>> {
    let export = |name: &'static [u8], flags, target| export_trie::Export { name, flags, target };
    vec![
        export(b"_a", 0, REGULAR),
        export(b"_ab", EXPORT_SYMBOL_FLAGS_WEAK_DEFINITION, REGULAR),
        export(b"_abc", EXPORT_SYMBOL_FLAGS_KIND_THREAD_LOCAL, REGULAR),
        export(b"_b", EXPORT_SYMBOL_FLAGS_KIND_ABSOLUTE, Value::Address(7)),
        export(b"_c", 0, Value::Reexport { ordinal: 1, name: b"_other" }),
        export(b"_d", 0, Value::Resolver { stub: 1, resolver: 2 }),
    ]
}

#[test]
fn a_library_is_read_as_a_whole() {
    let arena = Bump::new();
    let flags = MH_TWOLEVEL | MH_APP_EXTENSION_SAFE | MH_DEAD_STRIPPABLE_DYLIB;
    let file = library(&some_exports(), flags);
    let dylib = parse(&file, Arch::Arm64, &arena).unwrap().unwrap();
    assert_eq!(dylib.install_name, b"/usr/lib/libx.dylib");
    assert_eq!((dylib.current_version, dylib.compatibility_version), (Version::new(2, 1), Version::new(1, 0)));
    assert_eq!(dylib.reexports, [b"@rpath/liby.dylib"]);
    assert_eq!(dylib.dependents, [b"/usr/lib/libSystem.B.dylib"]);
    assert_eq!(dylib.rpaths, [b"@loader_path/.."]);
    assert_eq!(dylib.parent_umbrella, Some(&b"Umbrella"[..]));
    assert_eq!(dylib.allowable_clients, [b"friend"]);
    assert_eq!(dylib.platforms, [(Platform::MACOS, Version::new(13, 0))]);
    assert!(dylib.two_level && dylib.app_extension_safe && dylib.dead_strippable && dylib.has_weak_definitions);
    let names: Vec<_> = dylib.exports.iter().map(|e| (e.name, e.flags)).collect();
    let expected: [(&[u8], u8); 6] = [
        (b"_a", 0),
        (b"_ab", Export::WEAK_DEFINITION),
        (b"_abc", Export::THREAD_LOCAL),
        (b"_b", Export::ABSOLUTE),
        (b"_c", Export::REEXPORT),
        (b"_d", Export::RESOLVER),
    ];
    assert_eq!(names, expected);

    assert!(parse(&file, Arch::X86_64, &arena).unwrap().is_none());
    let none = library(&[], MH_NO_REEXPORTED_DYLIBS);
    let none = parse(&none, Arch::Arm64, &arena).unwrap().unwrap();
    assert!(none.reexports.is_empty() && none.exports.is_empty() && !none.two_level && !none.has_weak_definitions);
}

#[test]
fn what_is_no_library_is_refused_and_loaders_need_no_name() {
    let arena = Bump::new();
    assert!(parse(&image(MH_DYLIB, 0, &[]), Arch::Arm64, &arena).is_err());
    assert!(parse(&image(MH_OBJECT, 0, &[]), Arch::Arm64, &arena).is_err());
    for kind in [MH_EXECUTE, MH_BUNDLE] {
        let loader = image(kind, MH_TWOLEVEL, &[]);
        assert_eq!(parse(&loader, Arch::Arm64, &arena).unwrap().unwrap().install_name, b"");
    }
}

#[test]
fn without_a_trie_the_symbol_table_counts() {
    let strings = b"\0_a\0_b\0_c\0_d\0_e\0_f\0";
    let symbol = |name: u32, kind, description: u16| Nlist {
        name: name.into(),
        kind,
        section: 1,
        description: description.into(),
        value: 0.into(),
    };
    let symbols = [
        symbol(1, N_SECT | N_EXT, 0),
        symbol(4, N_SECT, 0),
        symbol(7, N_UNDF | N_EXT, 0),
        symbol(10, N_ABS | N_EXT, 0),
        symbol(13, N_SECT | N_EXT | N_PEXT, 0),
        symbol(16, N_SECT | N_EXT, N_WEAK_DEF),
    ];
    let commands = |at: u32| [command(LC_SYMTAB, &[at, 6, at + 96, strings.len() as u32], b"")];
    let head = image(MH_EXECUTE, 0, &commands(0)).len() as u32;
    let file = [&image(MH_EXECUTE, 0, &commands(head)), symbols.as_bytes(), strings].concat();
    let arena = Bump::new();
    let dylib = parse(&file, Arch::Arm64, &arena).unwrap().unwrap();
    let names: Vec<_> = dylib.exports.iter().map(|e| (e.name, e.flags)).collect();
    let expected: [(&[u8], u8); 3] = [(b"_a", 0), (b"_d", Export::ABSOLUTE), (b"_f", Export::WEAK_DEFINITION)];
    assert_eq!(names, expected);
    (0..file.len()).for_each(|cut| assert!(parse(&file[..cut], Arch::Arm64, &arena).is_err(), "{cut}"));
}

#[test]
fn damage_is_an_error_or_nothing_worse() {
    let file = library(&some_exports(), 0);
    let padding = file.iter().rev().take_while(|b| **b == 0).count();
    for cut in 0..file.len() {
        let result = parse(&file[..cut], Arch::Arm64, &Bump::new()).map(|_| ());
        assert!(result.is_err() || cut >= file.len() - padding, "{cut}");
    }
    for at in 0..file.len() {
        for change in [0xff, 0x80, 0x01, 0x10] {
            let mut changed = file.clone();
            changed[at] ^= change;
            let arena = Bump::new();
            let _ = parse(&changed, Arch::Arm64, &arena);
            assert!(arena.reserved_size() < 1 << 20);
        }
    }
}

#[test]
fn hostile_tries_end() {
    let arena = Bump::new();
    let cases: &[&[u8]] = &[
        // A node that is its own child, one that is its child's child, and a child outside.
        &[0, 1, b'a', 0, 0],
        &[0, 1, b'a', 0, 5, 0, 1, b'b', 0, 0],
        &[0, 1, b'a', 0, 99],
        // Two edges to one node would be a name twice, and with many such pairs 2^n names.
        &[0, 2, b'a', 0, 9, b'b', 0, 9, 0, 2, 0, 0, 0],
        // An export and an edge that reach past the end.
        &[9, 0, 0],
        &[0, 1, b'a'],
    ];
    for trie in cases {
        assert!(trie::exports(trie, &arena).is_err(), "{trie:?}");
    }
    // A chain of nodes each of which ends a name: in sum much longer than the trie.
    let mut chain = Vec::new();
    for i in 0..200_000u32 {
        let next = (i + 1) * 10;
        let uleb = [next as u8 | 0x80, (next >> 7) as u8 | 0x80, (next >> 14) as u8 | 0x80, (next >> 21) as u8 & 0x7f];
        chain.extend_from_slice(&[2, 0, 0, 1, b'x', 0]);
        chain.extend_from_slice(&uleb);
    }
    let arena = Bump::new();
    assert!(trie::exports(&chain, &arena).is_err());
    assert!(arena.reserved_size() < 256 << 20, "{}", arena.reserved_size());
}

/// What a link for `min` on `platform` sees of a library with `names`.
fn directed<'a>(names: &[&'a str], platform: Platform, min: Version, weak: bool, arena: &'a Bump) -> Dylib<'a> {
    let exports: Vec<_> = names.iter().map(|name| Export { name: name.as_bytes(), flags: 0 }).collect();
    let dylib = Dylib {
        install_name: b"/lib/x",
        current_version: Version::new(9, 0),
        compatibility_version: Version::new(2, 0),
        exports: arena.copy(&exports),
        ..Dylib::default()
    };
    let outer = Dylib { install_name: b"/lib/outer", inner: arena.copy(&[dylib]), ..Dylib::default() };
    let target = Target { platform, min, sdk: min };
    // As the inner one of another, which has no directives itself.
    let outer = apply_directives(&outer, target, weak, arena);
    assert!(outer.hidden.is_empty() && outer.install_name == b"/lib/outer");
    outer.inner[0]
}

fn names<'a>(exports: &[Export<'a>]) -> Vec<&'a str> {
    exports.iter().map(|e| std::str::from_utf8(e.name).unwrap()).collect()
}

#[test]
fn directives_apply_to_the_system_that_they_name() {
    let arena = Bump::new();
    let all = [
        "$ld$hide$os10.4$_hidden",
        "$ld$add$os10.4$_added$more",
        "$ld$weak$os10.4$_weak",
        "$ld$hide$_never",
        "$ld$install_name$os10.4$/lib/old",
        "$ld$compatibility_version$os10.4$1.5",
        "$ld$unknown$os10.4$x",
        "$ld$hide$os10.x$_a",
        "$ld$",
        "$ld$hide",
        "_a",
        "_hidden",
        "_never",
        "_weak",
    ];
    let old = directed(&all, Platform::MACOS, Version(0xa_0403), true, &arena);
    assert_eq!(names(old.exports), ["_a", "_weak", "_added$more"]);
    assert_eq!(old.hidden, [&b"_hidden"[..], b"_never"]);
    assert_eq!(old.install_name, b"/lib/old");
    assert_eq!(old.compatibility_version, Version::new(1, 5));

    let new = directed(&all, Platform::MACOS, Version::new(10, 5), false, &arena);
    assert_eq!(names(new.exports), ["_a", "_hidden", "_weak"]);
    assert_eq!(new.install_name, b"/lib/x");
    assert_eq!(new.compatibility_version, Version::new(2, 0));

    let strict = directed(&all, Platform::MACOS, Version::new(10, 4), false, &arena);
    assert_eq!(names(strict.exports), ["_a", "_added$more"]);
}

#[test]
fn previous_libraries_have_what_was_theirs() {
    let arena = Bump::new();
    let all = [
        "$ld$previous$/lib/old$1.2$1$10.0$14.0$_moved$",
        "$ld$previous$/lib/old$1.2$1$10.0$14.0$_gone$",
        "$ld$previous$/lib/older$$1$10.0$11.0$_a$",
        "$ld$previous$/lib/phone$$2$10.0$14.0$_a$",
        "$ld$previous$/lib/renamed$1.7$1$3.0$10.0$$",
        "$ld$previous$/lib/bad$1.7$1$3.0$x$$",
        "$ld$previous$/lib/bad$1.7$1$3.0",
        "_a",
        "_moved",
    ];
    let at = |major, platform| directed(&all, platform, Version::new(major, 0), true, &arena);
    let twelve = at(12, Platform::MACOS);
    assert_eq!(names(twelve.exports), ["_a"]);
    assert_eq!(twelve.previous.len(), 1);
    assert_eq!(twelve.previous[0].install_name, b"/lib/old");
    assert_eq!(twelve.previous[0].current_version, Version::new(1, 2));
    assert_eq!(names(twelve.previous[0].exports), ["_moved", "_gone"]);

    let ten = at(10, Platform::MACOS);
    assert_eq!((ten.install_name, names(ten.exports)), (&b"/lib/x"[..], vec![]));
    assert_eq!(ten.previous[1].current_version, Version::new(9, 0), "its own, where none is given");

    let nine = at(9, Platform::MACOS);
    assert_eq!((nine.install_name, nine.compatibility_version), (&b"/lib/renamed"[..], Version::new(1, 7)));
    assert_eq!(names(nine.exports), ["_a", "_moved"]);

    let phone = at(14, Platform::IOS);
    assert!(phone.previous.is_empty() && phone.install_name == b"/lib/x");
    assert_eq!(at(13, Platform::IOS).previous[0].install_name, b"/lib/phone");
}
