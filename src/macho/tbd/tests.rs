//! Text stubs of every version, in the ways they may be written, and damaged.

use super::*;
use crate::args::macho::Platform;

/// One library as each version writes it. Version 1 has no flags, no umbrella, and one document a file.
const SAMPLES: [&[u8]; 5] = [
    include_bytes!("samples/v1.tbd"),
    include_bytes!("samples/v2.tbd"),
    include_bytes!("samples/v3.tbd"),
    include_bytes!("samples/v4.tbd"),
    include_bytes!("samples/v5.tbd"),
];

fn on(platform: Platform) -> Target {
    Target { platform, min: Version::new(13, 0), sdk: Version::new(14, 0) }
}

/// What a link for arm64 sees of a stub.
fn read<'a>(text: &'a [u8], platform: Platform, arena: &'a Bump) -> Option<Dylib<'a>> {
    parse(text, Arch::Arm64, on(platform), arena).unwrap()
}

fn read_mac<'a>(text: &'a str, arena: &'a Bump) -> Dylib<'a> {
    read(text.as_bytes(), Platform::MACOS, arena).expect("it is for macOS")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Names and flags, sorted: the versions order names differently.
fn exports<'a>(dylib: &Dylib<'a>) -> Vec<(&'a str, u8)> {
    let mut all: Vec<_> = dylib.exports.iter().map(|export| (text(export.name), export.flags)).collect();
    all.sort();
    all
}

fn names<'a>(dylib: &Dylib<'a>) -> Vec<&'a str> {
    dylib.exports.iter().map(|export| text(export.name)).collect()
}

#[test]
fn all_versions_say_the_same() {
    for (i, sample) in SAMPLES.iter().enumerate() {
        let arena = Bump::new();
        assert!(is_tbd(sample));
        let dylib = read(sample, Platform::MACOS, &arena).unwrap();
        let expected = [
            ("$ld$hide$os10.4$_old", 0),
            ("_OBJC_CLASS_$_NSBad", 0),
            ("_OBJC_CLASS_$_NSFoo", 0),
            ("_OBJC_EHTYPE_$_NSBad", 0),
            ("_OBJC_IVAR_$_NSFoo._bar", 0),
            ("_OBJC_METACLASS_$_NSBad", 0),
            ("_OBJC_METACLASS_$_NSFoo", 0),
            ("__ZTI3Foo", Export::WEAK_DEFINITION),
            ("_a", 0),
            ("_b", 0),
            ("_old", 0),
            ("_quoted name", 0),
            ("_tls", Export::THREAD_LOCAL),
        ];
        assert_eq!(exports(&dylib), expected, "version {}", i + 1);
        assert_eq!(text(dylib.install_name), "/System/Library/Frameworks/Foo.framework/Versions/A/Foo");
        assert_eq!(dylib.current_version, Version(1953 << 16 | 255 << 8));
        assert_eq!(dylib.compatibility_version, Version::new(300, 0));
        assert_eq!(dylib.swift_abi, 5);
        let mut clients = dylib.allowable_clients.to_vec();
        clients.sort();
        assert_eq!(clients, [&b"Client B"[..], b"ClientA"]);
        assert_eq!(dylib.reexports, [b"/usr/lib/libinner.dylib"]);
        assert_eq!(dylib.platforms, [(Platform::MACOS, Version(0))]);
        assert!(dylib.two_level && dylib.has_weak_definitions && !dylib.dead_strippable);
        assert_eq!(dylib.app_extension_safe, i == 0);
        assert_eq!(dylib.parent_umbrella.map(text), (i > 0).then_some("Umbrella"));
        assert_eq!(dylib.inner.len(), usize::from(i > 0));
        for inner in dylib.inner {
            assert_eq!((text(inner.install_name), names(inner)), ("/usr/lib/libinner.dylib", vec!["_inner"]));
            assert_eq!((inner.current_version, inner.app_extension_safe), (Version::new(1, 0), true));
            assert!(inner.parent_umbrella.is_none() && inner.allowable_clients.is_empty());
        }
        let intel = parse(sample, Arch::X86_64, on(Platform::MACOS), &arena).unwrap().unwrap();
        let intel_only = ["_OBJC_CLASS_$_IntelOnly", "_OBJC_METACLASS_$_IntelOnly", "_intel_only"];
        let mut both: Vec<_> = expected.iter().copied().chain(intel_only.map(|name| (name, 0))).collect();
        both.sort();
        assert_eq!(exports(&intel), both);
        assert!(intel.allowable_clients.is_empty());
        assert!(read(sample, Platform::TVOS, &arena).is_none());
    }
}

#[test]
fn yaml_may_be_written_in_other_ways() {
    let arena = Bump::new();
    let odd = "# a comment\r\n%YAML 1.2\r\n--- !tapi-tbd # another\r\n\
        \"tbd-version\": 4\r\n\r\n\
        targets: [ x86_64-macos,\r\n  # in between\r\n  arm64-macos ] # behind\r\n\
        install-name: /usr/lib/a#b.dylib   # c\r\n\
        current-version:\r\n    1.2.3\r\n\
        unknown:\r\n  deep: { a: [ b, 'c ]' ], d: e }\r\n  list:\r\n  - x\r\n  - y\r\nother: { a: [ ']' ] }\r\n\
        exports:\r\n\
        - targets:\r\n  - arm64-macos\r\n  - x86_64-macos\r\n\
        \x20 symbols:\r\n    - _a\r\n    - '_it''s'\r\n    - \"_\\\"q\\\\\"\r\n\
        \x20 weak-symbols: [ _w,_x , _two words,]\r\n\
        \x20 objc-classes: []\r\n  objc-ivars:\r\n\
        - symbols: [ _late ]\r\n  targets: [ arm64-macos ]\r\n\
        - symbols: [ _elsewhere ]\r\n  targets: [ x86_64-macos ]\r\n\
        reexports:\r\n  - targets: [ arm64-macos ]\r\n    symbols: _alone\r\n\
        undefineds:\r\n  - targets: [ arm64-macos ]\r\n    symbols: [ _needed ]\r\n...\r\n# end\r\n";
    let dylib = read_mac(odd, &arena);
    assert_eq!(text(dylib.install_name), "/usr/lib/a#b.dylib");
    assert_eq!(dylib.current_version, Version(0x1_0203));
    let weak = Export::WEAK_DEFINITION;
    let expected = [
        ("_\"q\\", 0),
        ("_a", 0),
        ("_alone", Export::REEXPORT),
        ("_it's", 0),
        ("_late", 0),
        ("_two words", weak),
        ("_w", weak),
        ("_x", weak),
    ];
    assert_eq!(exports(&dylib), expected);
    let unmarked =
        "archs: [ arm64 ]\nplatform: macosx\ninstall-name: /a\nexports:\n  - archs: [arm64]\n    symbols: [_x]";
    assert!(is_tbd(unmarked.as_bytes()));
    assert_eq!(names(&read_mac(unmarked, &arena)), ["_x"]);
}

/// A stub of version 4 for `targets`, with a name for each that stands in a section of its own.
fn for_targets(targets: &[&str]) -> String {
    let mut stub = format!("--- !tapi-tbd\ntargets: [ {} ]\ninstall-name: /a\nexports:\n", targets.join(", "));
    targets.iter().for_each(|t| stub += &format!("  - targets: [ {t} ]\n    symbols: [ '_{t}' ]\n"));
    stub
}

#[test]
fn the_best_target_is_taken_alone() {
    let cases: &[(&[&str], Platform, Option<&str>)] = &[
        (&["arm64e-macos", "arm64-macos"], Platform::MACOS, Some("_arm64-macos")),
        (&["x86_64-macos", "arm64e-macos"], Platform::MACOS, Some("_arm64e-macos")),
        (&["x86_64-macos", "arm64-ios"], Platform::MACOS, None),
        (&["arm64-maccatalyst", "arm64-macos"], Platform::MACOS, Some("_arm64-macos")),
        (&["arm64-maccatalyst", "arm64-macos"], Platform::MAC_CATALYST, Some("_arm64-maccatalyst")),
        (&["arm64-macos"], Platform::MAC_CATALYST, None),
        (&["arm64-ios", "arm64-ios-simulator"], Platform::IOS_SIMULATOR, Some("_arm64-ios-simulator")),
        (&["arm64-<12>"], Platform::XROS_SIMULATOR, Some("_arm64-<12>")),
        (&["arm64-xros"], Platform::XROS, Some("_arm64-xros")),
        (&["arm64", "arm64-", "-macos", "arm64-<x>", ""], Platform::MACOS, None),
    ];
    for (targets, platform, expected) in cases {
        let arena = Bump::new();
        let stub = for_targets(targets);
        let seen = read(stub.as_bytes(), *platform, &arena).map(|dylib| names(&dylib));
        assert_eq!(seen, expected.map(|name| vec![name]), "{targets:?} {platform:?}");
    }
}

#[test]
fn reexported_libraries_may_fit_less() {
    let outer = for_targets(&["arm64-macos", "arm64-maccatalyst", "arm64-ios"]);
    let mac = for_targets(&["arm64-macos"]);
    let kernel = mac.replace("/a", "/usr/lib/system/libsystem_kernel.dylib");
    let file = [outer, mac, kernel].concat();
    let inner = |platform| {
        let arena = Bump::new();
        read(file.as_bytes(), platform, &arena).unwrap().inner.len()
    };
    assert_eq!((inner(Platform::MACOS), inner(Platform::MAC_CATALYST), inner(Platform::IOS)), (2, 2, 1));
}

#[test]
fn old_platforms_mean_more_than_one() {
    let seen = |name: &str, platform| {
        let stub = format!("--- !tapi-tbd-v3\narchs: [ arm64 ]\nplatform: {name}\ninstall-name: /a\n");
        read(stub.as_bytes(), platform, &Bump::new()).is_some()
    };
    assert!(seen("zippered", Platform::MACOS) && seen("zippered", Platform::MAC_CATALYST));
    assert!(seen("ios", Platform::IOS) && seen("ios", Platform::IOS_SIMULATOR) && !seen("ios", Platform::MACOS));
    assert!(seen("iosmac", Platform::MAC_CATALYST) && !seen("iosmac", Platform::MACOS));
    assert!(!seen("toaster", Platform::MACOS));
}

#[test]
fn version_5_has_facts_by_target() {
    let arena = Bump::new();
    let stub = r#"{ "tapi_tbd_version": 5, "libraries": [], "future": { "a": [1, -2.5e3, true, null, "]"] },
        "main_library": {
            "exported_symbols": [
                { "text": { "global": ["_\u00e4\ud83d\ude00\/\n"], "weak": ["_w"] }, "data": { "thread_local": ["_t"] } },
                { "text": { "global": ["_intel"] }, "targets": ["x86_64-macos"] } ],
            "reexported_symbols": [ { "data": { "global": ["_r"] } } ],
            "undefined_symbols": [ { "data": { "global": ["_u"] } } ],
            "install_names": [ { "targets": ["x86_64-macos"], "name": "/i" }, { "targets": ["arm64-macos"], "name": "/a" } ],
            "rpaths": [ { "paths": ["@loader_path"] } ],
            "flags": [ { "attributes": ["flat_namespace"], "targets": ["x86_64-macos"] } ],
            "target_info": [ { "target": "x86_64-macos", "min_deployment": "10.14" },
                             { "min_deployment": "11.0", "target": "arm64-macos" } ] } }"#;
    let dylib = read_mac(stub, &arena);
    let expected = [("_r", Export::REEXPORT), ("_t", Export::THREAD_LOCAL), ("_w", 1), ("_\u{e4}\u{1f600}/\n", 0)];
    assert_eq!(exports(&dylib), expected);
    assert_eq!((dylib.install_name, dylib.rpaths), (&b"/a"[..], &[&b"@loader_path"[..]][..]));
    assert_eq!(dylib.platforms, [(Platform::MACOS, Version::new(11, 0))]);
    assert!(dylib.two_level);
    assert!(!parse(stub.as_bytes(), Arch::X86_64, on(Platform::MACOS), &arena).unwrap().unwrap().two_level);
}

#[test]
fn what_is_wrong_is_said() {
    let v4 = |rest: &str| format!("--- !tapi-tbd\ntargets: [ arm64-macos ]\ninstall-name: /a\n{rest}");
    let v5 = |rest: &str| format!("{{\"main_library\":{{\"target_info\":[{{\"target\":\"arm64-macos\"}}]{rest}");
    let cases = [
        (String::new(), "without a library"),
        ("--- !tapi-tbd-v9\n".into(), "unknown version"),
        ("--- !tapi-tbd\ninstall-name: /a\n".into(), "does not say its targets"),
        ("--- !tapi-tbd\ntargets: [ arm64-macos ]\n".into(), "without an install name"),
        (v4("current-version: x\n"), "the version 'x'"),
        (v4("exports:\n  - symbols: [ _a _b, [ ] ]\n"), "something else than strings"),
        (v4("exports:\n  - symbols: [ '_a' '_b' ]\n"), "not separated"),
        (v4("exports:\n  - symbols: [ _a"), "without an end"),
        (v4("exports:\n  - symbols: [ '_a\n' ]\n"), "does not end on its line"),
        (v4("exports: 3\n"), "must be a sequence"),
        (v4("  x: 3\n"), "too far right"),
        (v4("x\n"), "neither a key nor a value"),
        (v4("...\nx: y\n"), "nor the mark of the next"),
        ("{}".into(), "without a library"),
        ("{\"tapi_tbd_version\": 6}".into(), "unknown version"),
        (v5("}}"), "without an install name"),
        (v5(",\"install_names\":[{\"name\":\"/a\"}]}} x"), "after the end"),
        (v5(",\"install_names\":[{\"name\":\"/\\ud800\"}]}}"), "half of a character"),
        (v5(",\"install_names\":[{\"name\":5}]}}"), "something else than '\"'"),
    ];
    for (stub, expected) in cases {
        let error = parse(stub.as_bytes(), Arch::Arm64, on(Platform::MACOS), &Bump::new()).map(|_| ()).unwrap_err();
        assert!(error.what.contains(expected), "{stub:?}: {error}");
    }
    assert!(!is_tbd(b"!<arch>\n") && !is_tbd(b"\xcf\xfa\xed\xfe"));
}

#[test]
fn versions_are_packed() {
    let cases: &[(&str, Option<u32>)] = &[
        ("1", Some(0x1_0000)),
        ("1.2.3", Some(0x1_0203)),
        ("1.2.3.4.5", Some(0x1_0203)),
        ("65535.255.255", Some(0xffff_ffff)),
        ("99999999999.256.1000", Some(0xffff_ffff)),
        ("", None),
        ("1.", None),
        ("a", None),
        ("-1", None),
    ];
    for (version, expected) in cases {
        assert_eq!(super::version(version.as_bytes()).map(|v| v.0), *expected, "{version}");
    }
}

#[test]
fn damage_is_an_error_or_nothing_worse() {
    for sample in SAMPLES {
        for cut in 0..sample.len() {
            let arena = Bump::new();
            let _ = parse(&sample[..cut], Arch::Arm64, on(Platform::MACOS), &arena);
            assert!(arena.reserved_size() < 1 << 20);
        }
        for at in 0..sample.len() {
            for byte in *b"\0\n -:'\"[]{},#x\xff" {
                let mut changed = sample.to_vec();
                changed[at] = byte;
                let arena = Bump::new();
                let _ = parse(&changed, Arch::Arm64, on(Platform::MACOS), &arena);
                assert!(arena.reserved_size() < 1 << 20);
            }
        }
    }
}

#[test]
fn depth_and_repetition_cost_no_more_than_their_bytes() {
    let deep = |text: &str| text.repeat(100_000);
    let stubs = [
        format!("--- !tapi-tbd\nx: {}", deep("[")),
        format!("--- !tapi-tbd\nx: {}{}\n", deep("{"), deep("}")),
        format!("--- !tapi-tbd\nexports:\n{}", deep("- ")),
        format!("{{\"x\": {}", deep("[")),
        deep("---\n"),
        deep("...\n"),
        deep("#\n"),
    ];
    for stub in &stubs {
        let arena = Bump::new();
        assert!(parse(stub.as_bytes(), Arch::Arm64, on(Platform::MACOS), &arena).is_err());
        assert!(arena.reserved_size() < 1 << 20);
    }
}
