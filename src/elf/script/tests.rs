//! What GNU ld makes of each command, what must be refused, and what damage must not do.

use super::*;
use crate::elf::expr;

/// A script in short: one line a command, close to how it could be written.
fn summary(text: &str) -> Result<Vec<String>, ScriptError> {
    let s = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    let list = |names: &[&[u8]]| names.iter().map(|name| s(name)).collect::<Vec<_>>().join(" ");
    let script = parse(text.as_bytes())?;
    Ok(Vec::from_iter(script.commands.iter().map(|Command { line, what }| {
        let what = match what {
            What::Inputs { group, inputs } => {
                let inputs = inputs.iter().map(|input| {
                    let name = match input.name {
                        InputName::File(name) => s(name),
                        InputName::Library(name) => format!("-l{}", s(name)),
                    };
                    if input.as_needed { format!("({name})") } else { name }
                });
                let inputs = inputs.collect::<Vec<_>>().join(" ");
                format!("{} {inputs}", if *group { "GROUP" } else { "INPUT" })
            }
            What::Include(name) => format!("INCLUDE {}", s(name)),
            What::SearchDir(name) => format!("SEARCH_DIR {}", s(name)),
            What::Output(name) => format!("OUTPUT {}", s(name)),
            What::OutputFormat(names) => format!("OUTPUT_FORMAT {}", list(names)),
            What::OutputArch(name) => format!("OUTPUT_ARCH {}", s(name)),
            What::Target(name) => format!("TARGET {}", s(name)),
            What::Entry(name) => format!("ENTRY {}", s(name)),
            What::Extern(names) => format!("EXTERN {}", list(names)),
            What::Version { text, line } => format!("VERSION {line} {}", s(text)),
            What::Assign(Assignment { name, expr, provide, hidden }) => {
                let kind = match (provide, hidden) {
                    (false, false) => "",
                    (true, false) => "PROVIDE ",
                    (false, true) => "HIDDEN ",
                    (true, true) => "PROVIDE_HIDDEN ",
                };
                let number = |_| Some(expr::Value::absolute(100));
                let value = expr.eval(&mut { number }).unwrap().value;
                format!("{kind}{}={}", s(name), value.cast_signed())
            }
            What::Assert { condition, message } => {
                let holds = condition.eval(&mut |_| None).unwrap().value != 0;
                format!("ASSERT {holds} {}", s(message))
            }
        };
        format!("{line}: {what}")
    })))
}

#[test]
fn commands_are_read_as_gnu_ld_reads_them() {
    let libc = "/* GNU ld script\n   Use the shared library.  */\nOUTPUT_FORMAT(elf64-x86-64)\n\
                GROUP ( /lib/libc.so.6 /usr/lib/libc_nonshared.a  AS_NEEDED ( /lib64/ld-linux-x86-64.so.2 ) )\n";
    let cases: &[(&str, &[&str])] = &[
        ("", &[]),
        (" \n\t ; ; \n", &[]),
        (
            libc,
            &[
                "3: OUTPUT_FORMAT elf64-x86-64",
                "4: GROUP /lib/libc.so.6 /usr/lib/libc_nonshared.a (/lib64/ld-linux-x86-64.so.2)",
            ],
        ),
        ("INPUT(libncurses.so.6 -ltinfo)", &["1: INPUT libncurses.so.6 -ltinfo"]),
        ("INPUT(-l:a.o,b.o , \"c d.o\")", &["1: INPUT -l:a.o b.o c d.o"]),
        ("GROUP(AS_NEEDED(a AS_NEEDED(b) c) d)", &["1: GROUP (a) (b) (c) d"]),
        ("INPUT(AS_NEEDED)INPUT()", &["1: INPUT AS_NEEDED", "1: INPUT "]),
        ("# hi\nINPUT(a) # there\nINPUT(b)", &["2: INPUT a", "3: INPUT b"]),
        ("INPUT(a/**/b/* ) */)", &["1: INPUT a b"]),
        ("SEARCH_DIR(\"=/usr/lib\"); SEARCH_DIR(=/lib)", &["1: SEARCH_DIR =/usr/lib", "1: SEARCH_DIR =/lib"]),
        (
            "OUTPUT_FORMAT(\"a\", \"b\", \"c\")\nOUTPUT_ARCH(i386:x86-64)",
            &["1: OUTPUT_FORMAT a b c", "2: OUTPUT_ARCH i386:x86-64"],
        ),
        (
            "OUTPUT(a.out) TARGET(elf64-x86-64) STARTUP(crt0.o)",
            &["1: OUTPUT a.out", "1: TARGET elf64-x86-64", "1: INPUT crt0.o"],
        ),
        ("ENTRY(_start) EXTERN(a b, c)", &["1: ENTRY _start", "1: EXTERN a b c"]),
        ("INCLUDE more.ld\nINCLUDE \"a b.ld\";", &["1: INCLUDE more.ld", "2: INCLUDE a b.ld"]),
        ("x = 1; x += 2;\nx <<= 3, x-y-=1;", &["1: x=1", "1: x=102", "2: x=800", "2: x-y=99"]),
        ("a*=2;b/=2;c&=4;d|=3;e^=1;f>>=1;", &["1: a=200", "1: b=50", "1: c=4", "1: d=103", "1: e=101", "1: f=50"]),
        ("\"x\" = 4;\n\"x-y\" = a-b;", &["1: x=4", "2: x-y=0"]),
        ("INPUT=5;", &["1: INPUT=5"]),
        (
            "PROVIDE(a = 1); PROVIDE_HIDDEN(b = 2)\nHIDDEN(\"c\" = 3);",
            &["1: PROVIDE a=1", "1: PROVIDE_HIDDEN b=2", "2: HIDDEN c=3"],
        ),
        ("ASSERT(1 == 2, \"oh (no)\"); ASSERT(DEFINED(a) == 0, \"\")", &["1: ASSERT false oh (no)", "1: ASSERT true "]),
        ("NOCROSSREFS(.a .b) FORCE_COMMON_ALLOCATION INHIBIT_COMMON_ALLOCATION", &[]),
        (
            "\nVERSION\n{ V1 { a; \"}\"; /* } */ }; # }\n}\nx=1;",
            &["2: VERSION 3  V1 { a; \"}\"; /* } */ }; # }\n", "5: x=1"],
        ),
        (
            "SECTIONS { x = 1; PROVIDE(y = 2);\n; \"z\" += 1; ASSERT(1, \"\") }",
            &["1: x=1", "1: PROVIDE y=2", "2: z=101", "2: ASSERT true "],
        ),
        ("SECTIONS { }", &[]),
    ];
    for (text, expected) in cases {
        assert_eq!(summary(text).unwrap(), *expected, "{text}");
    }
}

#[test]
fn errors_name_the_line_and_what_to_do() {
    for (text, line, expected) in [
        ("INPUT(a.o", 1, "expected a name, found the end of the file"),
        ("INPUT a.o", 1, "expected '(', found 'a.o'"),
        ("\n\nINPUT(a.o;)", 3, "expected a name, found ';'"),
        ("INPUT(-l a)", 1, "-l is not followed by the name of a library"),
        ("INPUT(\"a", 1, "a quoted name has no end"),
        ("x = 1;\n/* y", 2, "a comment has no end"),
        ("/*\n\n*/ x = 1", 3, "expected ';', found the end of the file"),
        ("\"a\nb\" x", 2, "expected '=', found 'x'"),
        ("x == 1;", 1, "unknown linker script command 'x'"),
        ("int main(void) { return 0; }", 1, "unknown linker script command 'int'"),
        ("\n<html>", 2, "expected a linker script command, found '<'"),
        ("PROVIDE(x)", 1, "expected '=', found ')'"),
        ("PROVIDE(x = 1", 1, "expected ')', found the end of the file"),
        ("ASSERT(1)", 1, "expected ',', found ')'"),
        ("ASSERT(1, x)", 1, "expected a quoted message, found 'x'"),
        ("VERSION {\n{ a; };", 1, "the '{' of VERSION is not closed"),
        ("\nSECTIONS {\n x = 1;", 2, "the '{' of SECTIONS is not closed"),
        ("MEMORY { }", 1, "MEMORY is not supported: use GNU ld or lld for linker scripts with MEMORY"),
        ("x = 1;\nPHDRS { }", 2, "PHDRS is not supported: use GNU ld or lld for linker scripts with PHDRS"),
        (
            "INPUT(a)\nSECTIONS\n{ x = 1;\n .text : { *(.text) } }",
            2,
            "SECTIONS is not supported: use GNU ld or lld for linker scripts with SECTIONS",
        ),
        (
            "SECTIONS { . = 0x1000; }",
            1,
            "SECTIONS is not supported: use GNU ld or lld for linker scripts with SECTIONS",
        ),
    ] {
        let error = summary(text).unwrap_err();
        assert_eq!((error.line, error.what.as_str()), (line, expected), "{text}");
    }
    let long = "x".repeat(100_000);
    assert!(parse(long.as_bytes()).unwrap_err().what.len() < 100);
}

#[test]
fn text_is_told_from_garbage() {
    let cut_character = [&b"x".repeat(TEXT_PROBE_SIZE - 1)[..], "é".as_bytes()].concat();
    let texts: [&[u8]; 5] = [b"", b"INPUT(a)\r\n\t\x0c", b"int main;", "/* é */".as_bytes(), &cut_character];
    texts.iter().for_each(|text| assert!(is_text_script(text), "{}", text.escape_ascii()));
    let garbage: [&[u8]; 5] = [b"BC\xc0\xde5\x14\0\0", b"\x7fELF", b"abc\0", b"\xff\xfea", b"\xcf\xfa\xed\xfe"];
    garbage.iter().for_each(|bytes| assert!(!is_text_script(bytes), "{}", bytes.escape_ascii()));
}

#[test]
fn a_cut_or_changed_byte_never_panics() {
    let text = b"/* x */ OUTPUT_FORMAT(a,b) GROUP(\"a\" -lb AS_NEEDED(c)) SEARCH_DIR(=/x)\nx-y <<= ALIGN(a, 4);\n\
                 PROVIDE(x = 1 ? 2 : 3); VERSION { V1 { a; }; } ASSERT(1, \"m\") SECTIONS { y = 1; } # end";
    assert!(parse(text).is_ok());
    for cut in 0..text.len() {
        let _ = parse(&text[..cut]);
        for byte in 0..=255 {
            let mut changed = text.to_vec();
            changed[cut] = byte;
            let _ = parse(&changed);
        }
    }
}

#[test]
fn deep_nesting_is_only_long() {
    assert!(parse("INPUT(".repeat(100_000).as_bytes()).is_err());
    let nested = format!("INPUT({}a{})", "AS_NEEDED(".repeat(100_000), ")".repeat(100_000));
    assert_eq!(parse(nested.as_bytes()).unwrap().commands.len(), 1);
    assert!(parse(format!("x={};", "(".repeat(1_000_000)).as_bytes()).is_err());
    assert!(parse(format!("VERSION{}", "{".repeat(1_000_000)).as_bytes()).is_err());
    assert!(parse("SECTIONS{".repeat(100_000).as_bytes()).is_err());
}

#[test]
fn the_c_library_of_this_machine_can_be_read() {
    for name in ["libc.so", "libm.so"] {
        for folder in ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"] {
            let Ok(text) = std::fs::read(format!("{folder}/{name}")) else { continue };
            if text.starts_with(b"\x7fELF") {
                continue;
            }
            assert!(is_text_script(&text));
            let script = parse(&text).unwrap();
            assert!(
                script.commands.iter().any(|c| matches!(&c.what, What::Inputs { inputs, .. } if !inputs.is_empty()))
            );
        }
    }
}
