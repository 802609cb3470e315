//! What GNU ld makes of each expression, what must be refused, and what damage must not do.

use super::*;

/// A link with three symbols and one section: bar in section 6, a and b in section 9.
fn answer(query: Query<'_>) -> Option<Value> {
    match query {
        Query::Symbol(b"bar") | Query::Defined(b"bar") => Some(Value::in_section(6, 0x1001)),
        Query::Symbol(b"a") => Some(Value::in_section(9, 0x3000)),
        Query::Symbol(b"b") => Some(Value::in_section(9, 0x3004)),
        Query::Symbol(b"x-y") => Some(Value::absolute(7)),
        Query::Symbol(b"$foo") => Some(Value::absolute(8)),
        Query::Address(b".text") => Some(Value::in_section(6, 0x1000)),
        Query::LoadAddress(b".text") => Some(Value::absolute(0x1000)),
        Query::Size(b".text") => Some(Value::absolute(2)),
        Query::Alignment(b".text") => Some(Value::absolute(1)),
        Query::Size(b".note.gnu.build-id") => Some(Value::absolute(36)),
        Query::HeadersSize => Some(Value::absolute(0x200)),
        Query::MaxPageSize => Some(Value::absolute(0x10000)),
        Query::CommonPageSize => Some(Value::absolute(0x1000)),
        Query::Here => Some(Value::in_section(1, 0x1234)),
        _ => None,
    }
}

fn value(text: &str) -> Value {
    let expr = parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"));
    let value = expr.eval(&mut answer).unwrap_or_else(|error| panic!("{text}: {error}"));
    if !matches!(expr, Expr::Choose(_)) {
        let section = expr.section(&mut |query| answer(query).and_then(|value| value.section));
        assert_eq!(section, value.section, "{text}: the section is not the same without the value");
    }
    value
}

#[test]
fn numbers_are_what_gnu_ld_makes_of_them() {
    for (text, expected) in [
        ("0x10K", 0x4000),
        ("4M", 4 << 20),
        ("1k", 1024),
        ("017", 15),
        ("0", 0),
        ("$ff", 255),
        ("1fh", 31),
        ("10H", 16),
        ("11b", 3),
        ("12d", 12),
        ("12o", 10),
        ("18446744073709551615", u64::MAX),
        ("0xFFFFFFFFFFFFFFFF", u64::MAX),
        ("0x1b", 27),
        ("1||0&&0", 1),
        ("1<<2+1", 8),
        ("7&3==3", 1),
        ("1|2^3&1", 3),
        ("10-3-2", 5),
        ("100/5/2", 10),
        ("2+3*4%5", 4),
        ("(2+3)*4", 20),
        ("1?2:3?4:5", 2),
        ("0?2:0?4:5", 5),
        ("-6/4", u64::MAX),
        ("-6%4", -2i64 as u64),
        ("-1>>4", u64::MAX >> 4),
        ("0-1<0", 0),
        ("1<<64", 1),
        ("1<<65", 2),
        ("1<<-1", 1 << 63),
        ("~0", u64::MAX),
        ("!0", 1),
        ("!!5", 1),
        ("- - 3", 3),
        ("+ +3", 3),
        ("1 != 2", 1),
        ("3 >= 3 && 2 <= 1", 0),
        ("1/*one*/+/* two */2", 3),
        ("MAX(3, 4) + MIN(3, 4)", 7),
        ("ALIGN(0x1001, 0x1000)", 0x2000),
        ("ALIGN(10, 3)", 12),
        ("ALIGN(10, 0)", 10),
        ("LOG2CEIL(9)", 4),
        ("LOG2CEIL(0)", 0),
        ("LOG2CEIL(1 << 63)", 63),
        ("DEFINED(bar)", 1),
        ("DEFINED(nope)", 0),
        ("DEFINED(nope) ? nope : 7", 7),
        ("0 && nope", 0),
        ("1 || nope", 1),
        ("SIZEOF(.text)", 2),
        ("SIZEOF(.note.gnu.build-id)", 36),
        ("SIZEOF_HEADERS", 0x200),
        ("CONSTANT(MAXPAGESIZE)", 0x10000),
        ("CONSTANT (COMMONPAGESIZE)", 0x1000),
        ("\"x-y\" + 1", 8),
        ("$foo", 8),
        ("0x8000000000000000 / -1", 1 << 63),
        ("0xffffffffffffffff + 1", 0),
    ] {
        assert_eq!(value(text), Value::absolute(expected), "{text}");
    }
}

#[test]
fn an_address_keeps_its_section_as_long_as_it_is_one() {
    for (text, section, expected) in [
        ("bar", Some(6), 0x1001),
        ("bar+4", Some(6), 0x1005),
        ("4 + bar", Some(6), 0x1005),
        ("bar-4", Some(6), 0xffd),
        ("bar & ~7", Some(6), 0x1000),
        ("a | 1", Some(9), 0x3001),
        ("ALIGN(bar, 0x1000)", Some(6), 0x2000),
        ("ALIGN(0x1000)", Some(1), 0x2000),
        (".", Some(1), 0x1234),
        ("ADDR(.text)", Some(6), 0x1000),
        ("LOADADDR(.text)", None, 0x1000),
        ("MAX(a,b)", Some(9), 0x3004),
        ("MAX(a,bar)", None, 0x3000),
        ("a-b", None, -4i64 as u64),
        ("4-bar", None, 4u64.wrapping_sub(0x1001)),
        ("bar+a", None, 0x4001),
        ("bar*2", None, 0x2002),
        ("-bar", None, 0x1001u64.wrapping_neg()),
        ("a>b", None, 0),
        ("ABSOLUTE(a)", None, 0x3000),
        ("a==b?a:bar+1", Some(6), 0x1002),
        ("b-a+bar", Some(6), 0x1005),
    ] {
        assert_eq!(value(text), Value { value: expected, section }, "{text}");
    }
}

#[test]
fn what_has_no_value_says_why() {
    for (text, expected) in [
        ("1/0", "division by zero"),
        ("5%(1-1)", "remainder of a division by zero"),
        ("nope", "undefined symbol 'nope'"),
        ("1 + ADDR(.nope)", "the output has no section '.nope'"),
    ] {
        let expr = parse(text.as_bytes()).unwrap();
        assert_eq!(expr.eval(&mut answer).unwrap_err().to_string(), expected, "{text}");
    }
}

#[test]
fn what_is_no_expression_says_why() {
    for (text, expected) in [
        ("", "expected a number, a symbol or '(', found the end of the file"),
        ("1 +", "expected a number, a symbol or '(', found the end of the file"),
        ("1;", "expected an operator or the end of the expression, found ';'"),
        ("1 2", "expected an operator or the end of the expression, found '2'"),
        ("(1", "expected ')', found the end of the file"),
        ("1 ? 2", "expected ':', found the end of the file"),
        ("08", "'08' is not a number of 64 bits"),
        ("0b11", "'0b11' is not a number of 64 bits"),
        ("0x", "'0x' is not a number of 64 bits"),
        ("99999999999999999999", "'99999999999999999999' is not a number of 64 bits"),
        ("18446744073709551615K", "'18446744073709551615K' is not a number of 64 bits"),
        ("NEXT(4)", "function NEXT is not supported"),
        ("CONSTANT(PI)", "unknown constant 'PI'"),
        ("MAX(1)", "expected ',', found ')'"),
        ("ADDR()", "expected a name, found ')'"),
        ("\"open", "a quoted name has no end"),
        ("1 /* open", "a comment has no end"),
    ] {
        assert_eq!(parse(text.as_bytes()).unwrap_err().what, expected, "{text}");
    }
}

#[test]
fn it_lists_the_symbols_that_it_needs() {
    let expr = parse(b"DEFINED(a) ? b + \"c d\" : MAX(d, -e) * ADDR(.f) + b").unwrap();
    assert_eq!(expr.symbols(), [&b"b"[..], b"c d", b"d", b"e", b"b"]);
    assert_eq!(expr.as_symbol(), None);
    assert_eq!(parse(b" bar ").unwrap().as_symbol(), Some(&b"bar"[..]));
}

#[test]
fn depth_is_bounded_in_every_direction() {
    for (text, fits) in [
        ("(".repeat(100) + "1" + &")".repeat(100), true),
        ("1+".repeat(400) + "1", true),
        ("-".repeat(400) + "1", true),
        ("(".repeat(1_000_000) + "1" + &")".repeat(1_000_000), false),
        ("1+".repeat(1_000_000) + "1", false),
        ("-".repeat(1_000_000) + "1", false),
        ("+".repeat(1_000_000) + "1", false),
        ("1?".repeat(1_000_000), false),
        ("1?1:".repeat(1_000_000) + "1", false),
        ("MAX(1,".repeat(1_000_000), false),
        ("ALIGN(".repeat(1_000_000), false),
    ] {
        let what = &text[..8];
        match parse(text.as_bytes()) {
            Ok(expr) => assert!(fits && expr.eval(&mut answer).is_ok(), "{what}"),
            Err(error) => {
                assert!(!fits, "{what}: {error}");
                assert_eq!(error.what, "the expression is nested too deeply", "{what}");
            }
        }
    }
}

#[test]
fn a_cut_or_changed_byte_never_panics() {
    let text = b"DEFINED(\"a\") ? ALIGN(b+0x10K, 1<<4) : MAX(-c, !d) /* x */ % SIZEOF(.e) ^ CONSTANT(MAXPAGESIZE)";
    for cut in 0..text.len() {
        let _ = parse(&text[..cut]);
        for byte in 0..=255 {
            let mut changed = text.to_vec();
            changed[cut] = byte;
            if let Ok(expr) = parse(&changed) {
                let _ = expr.eval(&mut answer);
            }
        }
    }
}
