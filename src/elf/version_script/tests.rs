//! What GNU ld makes of each rule, what must be refused, and what damage must not do.

use super::parse::NODE_COUNT_MAX;
use super::*;
use std::cell::Cell;

const fn version(node: u16) -> Option<Verdict> {
    Some(Verdict::Global { version: Some(node) })
}
const PLAIN: Option<Verdict> = Some(Verdict::Global { version: None });
const LOCAL: Option<Verdict> = Some(Verdict::Local);

fn demangle(name: &[u8]) -> Option<String> {
    match name {
        b"_ZN1a1bEi" => Some("a::b(int)".into()),
        b"_ZN1a1cEv" => Some("a::c()".into()),
        b"_ZTIN1a1dE" => Some("typeinfo for a::d".into()),
        _ => None,
    }
}

#[track_caller]
fn check_script(script: &VersionScript<'_>, text: &str, cases: &[(&str, Option<Verdict>)]) {
    let matcher = Matcher::new(script);
    for (name, expected) in cases {
        let calls = Cell::new(0);
        let verdict = matcher.classify(name.as_bytes(), || {
            calls.set(calls.get() + 1);
            demangle(name.as_bytes())
        });
        assert_eq!(verdict, *expected, "{name} by {text}");
        assert!(calls.get() <= u32::from(text.contains("C++")), "{name} by {text}");
    }
}

#[track_caller]
fn check(text: &str, cases: &[(&str, Option<Verdict>)]) {
    let script = parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"));
    check_script(&script, text, cases);
}

/// Each of these was put to GNU ld 2.40 (with `global:` where it insists), which agrees unless said otherwise.
#[test]
fn precedence_is_that_of_gnu_ld() {
    let (v1, v2) = (version(0), version(1));
    check("V1 { global: foo; }; V2 { global: foo; };", &[("foo", v1), ("bar", None)]);
    check("V1 { global: foo; foo; };", &[("foo", v1)]);
    check("V1 { global: foo; local: foo; };", &[("foo", v1)]);
    check("V1 { local: foo; global: foo; };", &[("foo", v1)]);
    check("V1 { global: foo*; local: foobar; };", &[("foo", v1), ("foobar", LOCAL), ("bar", None)]);
    check("V1 { global: foo*; }; V2 { local: foobar; };", &[("foo", v1), ("foobar", LOCAL)]);
    check("V1 { global: foo*; }; V2 { local: foob*; };", &[("foo", v1), ("foobar", v1)]);
    check("V1 { local: foo*; }; V2 { global: foob*; };", &[("foo", LOCAL), ("foobar", v2)]);
    check("V1 { global: foo*; }; V2 { global: foob*; };", &[("foo", v1), ("foobar", v2)]);
    check("V1 { global: foob*; }; V2 { global: foo*; };", &[("foo", v2), ("foobar", v2)]);
    check("V1 { global: *; local: foo*; };", &[("foo", LOCAL), ("bar", v1)]);
    check("V1 { global: *; local: *; };", &[("foo", v1)]);
    check("V1 { global: *; }; V2 { global: *; };", &[("foo", v2)]);
    check("V1 { global: **; foo*; }; V2 { local: *; };", &[("foo", v1), ("bar", v1)]);
    check("V1 { local: **; }; V2 { global: *; };", &[("foo", LOCAL)]);
    check("V1 { foo; }; V2 { global: *; local: foo*; };", &[("foo", v1), ("bar", v2), ("foobar", LOCAL)]);
    check("V1 { local: foo*; }; V2 { foo; };", &[("foo", v2), ("foobar", LOCAL)]);
    check("V1 { local: foo*; }; V2 { foob*; }; V3 { local: foobar; };", &[("foobar", LOCAL)]);
    check("V1 { global: \"foo*\"; local: *; };", &[("foo*", v1), ("foobar", LOCAL)]);
    check(
        "V1 { global: foo\\*; fo\\o; ba[!r]; local: *; };",
        &[("foo*", v1), ("foo", v1), ("bar", LOCAL), ("baz", v1)],
    );
    check("V1 { global: global; local; extern; foo; local: *; };", &[("global", v1), ("extern", v1), ("x", LOCAL)]);
    check("V1 { global : foo; local\n/**/:\n*; };", &[("foo", v1), ("global", LOCAL)]);
    // GNU ld calls these two duplicates.
    check("V1 { local: *; }; V2 { global: *; };", &[("foo", v2)]);
    check("V1 { global: *; }; V2 { local: *; };", &[("foo", v1)]);
}

#[test]
fn extern_blocks_match_demangled_names() {
    let (v1, v2, b, c) = (version(0), version(1), "_ZN1a1bEi", "_ZN1a1cEv");
    check("V1 { extern \"C++\" { a::b*; \"a::c()\"; }; local: *; };", &[(b, v1), (c, v1), ("foo", LOCAL)]);
    check("V1 { extern \"C++\" { \"a::b*\"; bar; }; local: *; };", &[(b, LOCAL), ("bar", v1)]);
    check("V1 { extern \"C++\" { typeinfo?for?a::*; }; };", &[("_ZTIN1a1dE", v1), (b, None)]);
    check("V1 { extern \"C\" { extern \"C++\" { a::b*; }; a::c*; }; };", &[(b, v1), (c, None)]);
    check("V1 { extern \"C++\" { extern \"C\" { _ZN1a1b* } a::c* } foo };", &[(b, v1), (c, v1), ("foo", v1)]);
    check("V1 { foo; }; V2 { extern \"C++\" { foo; }; };", &[("foo", v1)]);
    check("V1 { foo*; }; V2 { extern \"C++\" { foo*; }; };", &[("foo", v2)]);
    check("V1 { extern \"C++\" { foo*; }; }; V2 { foo*; };", &[("foo", v2)]);
    check("V1 { _ZN*; }; V2 { extern \"C++\" { a::*; }; };", &[(b, v2), ("_ZNx", v1)]);
    check("V1 { global: _ZN*; local: extern \"C++\" { \"a::b(int)\"; a::*; }; };", &[(b, LOCAL), (c, v1)]);
    check("V1 { extern \"C++\" { *; }; local: foo; };", &[(b, v1), ("foo", LOCAL)]);
    // Here GNU ld says V1: it asks which of the two names comes first.
    check("V1 { extern \"C++\" { \"a::b(int)\"; }; }; V2 { _ZN1a1bEi; };", &[(b, v2)]);
}

#[test]
fn lists_of_rustc_glibc_and_openssl() {
    check("{\n  global:\n    foo;\n    bar;\n\n  local:\n    *;\n};", &[("foo", PLAIN), ("bar", PLAIN), ("x", LOCAL)]);
    check("{ foo; }", &[("foo", PLAIN), ("x", None)]);
    check("{};", &[("foo", None)]);
    check("", &[("foo", None)]);
    let libc = "GLIBC_2.2.5 {\n  global:\n    __*_chk; mem*; # a comment; {\n  local: *;\n};\n\
                GLIBC_2.3 { memcpy; } GLIBC_2.2.5;\nGLIBC_PRIVATE { __libc_*; _dl_[a-z]*; } GLIBC_2.3 GLIBC_2.2.5";
    check(libc, &[("memcpy", version(1)), ("memmove", version(0)), ("_dl_x", version(2)), ("_dl_X", LOCAL)]);
    let script = parse(libc.as_bytes()).unwrap();
    let nodes: Vec<_> = script.nodes.iter().map(|n| (n.name.escape_ascii().to_string(), n.parents.clone())).collect();
    let expected = [("GLIBC_2.2.5", vec![]), ("GLIBC_2.3", vec![0]), ("GLIBC_PRIVATE", vec![1, 0])];
    assert_eq!(nodes, expected.map(|(name, parents)| (name.to_string(), parents)));
    assert_eq!((script.node(b"GLIBC_2.3"), script.node(b"GLIBC_2.4")), (Some(1), None));
}

#[test]
fn dynamic_lists_only_export() {
    for text in ["{ foo; b*; extern \"C++\" { a::b*; }; };", "{ global: foo; }; { b*; }; { extern \"C++\" { a::b* } }"]
    {
        let script = parse_dynamic_list(text.as_bytes()).unwrap();
        let cases = [("foo", PLAIN), ("bar", PLAIN), ("_ZN1a1bEi", PLAIN), ("x", None)];
        check_script(&script, text, &cases);
    }
    let error = |text: &str| parse_dynamic_list(text.as_bytes()).unwrap_err().what;
    assert_eq!(error("{ foo; local: *; };"), "a dynamic list has no local symbols");
    assert_eq!(error("V1 { foo; };"), "expected '{', found 'V'");
    assert_eq!(error("{ foo; } V1;"), "expected ';', found 'V'");
}

#[test]
fn several_texts_add_up() {
    let mut script = parse(b"{ foo; local: *; };").unwrap();
    script.add(b"{ bar; };", 1).unwrap();
    script.add(b"V1 { baz; };", 1).unwrap();
    script.add(b"V2 { ba?; } V1;", 1).unwrap();
    let cases = [("foo", PLAIN), ("bar", PLAIN), ("baz", version(0)), ("bax", version(1)), ("x", LOCAL)];
    check_script(&script, "", &cases);
    let error = script.add(b"\nV1 { };", 40).unwrap_err();
    assert_eq!((error.line, error.what.as_str()), (41, "version 'V1' occurs twice"));
}

#[test]
fn errors_name_the_line() {
    for (text, line, expected) in [
        ("V1 { foo; };\nV1 { bar; };", 2, "version 'V1' occurs twice"),
        ("{ foo; };\n\nV1 { bar; };", 3, "an anonymous version cannot be combined with other versions"),
        ("V1 { bar; };\n{ foo; };", 2, "an anonymous version cannot be combined with other versions"),
        ("{ bar; };{ foo; };", 1, "an anonymous version cannot be combined with other versions"),
        ("V1 { }\nV0;", 2, "there is no version 'V0' before this one"),
        ("V1 { } V1;", 1, "there is no version 'V1' before this one"),
        ("V1 { } V2 { };", 1, "there is no version 'V2' before this one"),
        ("V1 { foo bar; };", 1, "expected ';' or '}', found 'b'"),
        ("V1 { foo, bar; };", 1, "expected ';' or '}', found ','"),
        ("V1 { a::b(int); };", 1, "expected ';' or '}', found '('"),
        ("V1 { foo:bar; };", 1, "expected ';' or '}', found ':'"),
        ("V1 { \"foo\" bar; };", 1, "expected ';' or '}', found 'b'"),
        ("V1 { foo:: :; };", 1, "expected ';' or '}', found ':'"),
        ("V1 {\n(", 2, "expected a symbol, a pattern or '}', found '('"),
        ("V1 {\n foo;\n bar", 3, "expected ';' or '}', found the end of the file"),
        ("V1 {\n foo;\n", 3, "a '{' is not closed"),
        ("V1 { extern \"C++\" { foo; };", 1, "a '{' is not closed"),
        ("V1 { extern \"Rust\" { foo; }; };", 1, "unknown language 'Rust'"),
        ("V1 { extern \"C\" foo; };", 1, "expected '{', found 'f'"),
        ("V1 { \"foo", 1, "a quoted name has no end"),
        ("V1 {\n/* foo", 2, "a comment has no end"),
        ("V1", 1, "expected '{', found the end of the file"),
        (";", 1, "expected a version or '{', found ';'"),
        ("V1 { \nfoo[; };", 2, "pattern has a '[' without its ']'"),
    ] {
        let error = parse(text.as_bytes()).unwrap_err();
        assert_eq!((error.line, error.what.as_str()), (line, expected), "{text}");
    }
}

#[test]
fn names_that_nothing_matched_and_names_listed_twice_are_known() {
    let text =
        b"V1 { foo; bar; baz*; extern \"C++\" { \"a::b(int)\"; \"a::c()\"; }; local: qux; *; }; V2 { foo; qux; foo; };";
    let script = parse(text).unwrap();
    let matcher = Matcher::new(&script);
    let (v1, v2) = (Verdict::Global { version: Some(0) }, Verdict::Global { version: Some(1) });
    let duplicates = [
        Duplicate { name: b"foo", first: v1, second: v2 },
        Duplicate { name: b"qux", first: Verdict::Local, second: v2 },
        Duplicate { name: b"foo", first: v1, second: v2 },
    ];
    assert_eq!(matcher.duplicates(), duplicates);
    for name in ["foo", "bazaar", "_ZN1a1cEv"] {
        matcher.classify(name.as_bytes(), || demangle(name.as_bytes()));
    }
    let unmatched: Vec<_> = matcher.unmatched().collect();
    assert_eq!(unmatched, [(&b"bar"[..], v1), (b"a::b(int)", v1), (b"qux", Verdict::Local)]);
}

#[test]
fn classification_is_shared_among_threads() {
    let names: Vec<String> = (0..10_000).map(|i| format!("_RNvCs{i}_4core3fmt")).collect();
    let text = format!("{{ global: {}; local: *; }};", names.join("; "));
    let script = parse(text.as_bytes()).unwrap();
    let matcher = Matcher::new(&script);
    std::thread::scope(|scope| {
        for part in names.chunks(2_500) {
            let matcher = &matcher;
            scope.spawn(move || {
                for name in part {
                    assert_eq!(matcher.classify(name.as_bytes(), || None), PLAIN);
                    assert_eq!(matcher.classify(&name.as_bytes()[1..], || None), LOCAL);
                }
            });
        }
    });
    assert_eq!(matcher.unmatched().count(), 0);
}

#[test]
fn a_cut_or_changed_byte_never_panics() {
    let text =
        b"V1 { global: foo; a::b*; \"q\"; extern \"C++\" { x[a-z]?; \\y }; local: *; /* c */ };\nV2 { b } V1; # e";
    assert!(parse(text).is_ok());
    for cut in 0..text.len() {
        let _ = parse(&text[..cut]);
        for byte in 0..=255 {
            let mut changed = text.to_vec();
            changed[cut] = byte;
            if let Ok(script) = parse(&changed) {
                Matcher::new(&script).classify(b"foo", || Some("x".into()));
            }
            let _ = parse_dynamic_list(&changed);
        }
    }
}

#[test]
fn quantity_is_bounded() {
    assert_eq!(parse("{".repeat(1_000_000).as_bytes()).unwrap_err().line, 1);
    let deep = "extern \"C++\" {".repeat(100_000);
    assert_eq!(parse(format!("{{{deep}").as_bytes()).unwrap_err().what, "extern is nested too deeply");
    let many: String = (0..=NODE_COUNT_MAX).map(|i| format!("V{i} {{ }};")).collect();
    assert_eq!(parse(many.as_bytes()).unwrap_err().what, "there are too many versions");
}

/// `cargo test --release version_script -- --ignored --nocapture` prints what a million names cost.
#[test]
#[ignore = "measures"]
fn cost_of_a_million_names() {
    let names: Vec<String> = (0..1_000_000).map(|i| format!("_RNvNtCs{i:07}_4core3fmt7Display")).collect();
    let text = format!("{{\n  global:\n    {};\n\n  local:\n    *;\n}};", names.join(";\n    "));
    let start = std::time::Instant::now();
    let script = parse(text.as_bytes()).unwrap();
    let parsed = start.elapsed();
    let matcher = Matcher::new(&script);
    let built = start.elapsed() - parsed;
    let hits = names.iter().filter(|n| matcher.classify(n.as_bytes(), || None) == PLAIN).count();
    let classified = start.elapsed() - parsed - built;
    assert_eq!(hits, names.len());
    println!("{} MB: parse {parsed:?}, build {built:?}, classify {classified:?}", text.len() / 1_000_000);
}
