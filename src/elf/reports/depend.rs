//! `--dependency-file`: a rule for make that names what the output was made from.
//!
//! An empty rule for each input follows, so that make does not stop when one of them is gone (as lld and `cc -MP` do).

use std::collections::HashSet;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The rule for `output`; a path that was read twice is named once.
pub(super) fn text<'p>(output: &Path, inputs: impl Iterator<Item = &'p Path>) -> Vec<u8> {
    let mut seen = HashSet::new();
    let inputs: Vec<Vec<u8>> =
        inputs.filter(|path| seen.insert(path.to_owned())).map(|path| escaped(path.as_os_str().as_bytes())).collect();
    let mut text = escaped(output.as_os_str().as_bytes());
    text.push(b':');
    for input in &inputs {
        text.extend_from_slice(b" \\\n  ");
        text.extend_from_slice(input);
    }
    text.push(b'\n');
    for input in &inputs {
        let _ = text.write_all(b"\n").and_then(|()| text.write_all(input)).and_then(|()| text.write_all(b":\n"));
    }
    text
}

/// What make reads as `name` (GNU make manual, "Rule Syntax" and "Using Wildcard Characters in File Names"): `$` is
/// doubled, space and `#` take a backslash, and backslashes count as such only in front of those.
fn escaped(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len());
    for (i, c) in name.iter().enumerate() {
        match c {
            b' ' | b'\t' | b'#' => {
                let backslashes = name[..i].iter().rev().take_while(|c| **c == b'\\').count();
                out.resize(out.len() + backslashes + 1, b'\\');
            }
            b'$' => out.push(b'$'),
            _ => {}
        }
        out.push(*c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_for_make() {
        for (name, expected) in
            [("a.o", "a.o"), ("a b", "a\\ b"), ("$x#", "$$x\\#"), ("w\\in", "w\\in"), ("w\\ x", "w\\\\\\ x")]
        {
            assert_eq!(escaped(name.as_bytes()), expected.as_bytes(), "{name}");
        }
    }

    #[test]
    fn each_input_is_named_once_and_has_a_rule() {
        let inputs = ["a.o", "b c.o", "a.o"].map(Path::new);
        let text = text(Path::new("out"), inputs.into_iter());
        assert_eq!(String::from_utf8_lossy(&text), "out: \\\n  a.o \\\n  b\\ c.o\n\na.o:\n\nb\\ c.o:\n");
    }
}
