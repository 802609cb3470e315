//! Response files: `@FILE` on the command line stands for the arguments written in FILE.
//!
//! gcc's collect2, clang, rustc and ninja all hand over long lines this way. The quoting is GNU's: arguments are
//! separated by white space, `'…'` and `"…"` keep it, a backslash takes the next byte literally except inside single
//! quotes. Files nest. A file that does not exist leaves the argument as it is, as in GNU ld.
//! Cost: one pass over the bytes of each file.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::ErrorKind;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// How deep response files may name one another; deeper is taken for a cycle.
const MAX_DEPTH: usize = 10;
/// How many bytes all response files of one line may hold together: cyclic files multiply before they get deep.
const MAX_BYTES: u64 = 256 << 20;

/// `argv` with every `@FILE` replaced by the arguments in FILE.
pub fn expand(argv: Vec<OsString>) -> Result<Vec<OsString>, String> {
    let mut expansion = Expansion { args: Vec::with_capacity(argv.len()), bytes: 0 };
    for arg in argv {
        expansion.add(arg, 0)?;
    }
    Ok(expansion.args)
}

struct Expansion {
    args: Vec<OsString>,
    bytes: u64,
}

impl Expansion {
    fn add(&mut self, arg: OsString, depth: usize) -> Result<(), String> {
        let Some(name) = arg.as_bytes().strip_prefix(b"@").filter(|name| !name.is_empty()) else {
            self.args.push(arg);
            return Ok(());
        };
        let path = OsStr::from_bytes(name);
        let told = path.display();
        if depth == MAX_DEPTH {
            return Err(format!("response file {told}: response files are nested more than {MAX_DEPTH} deep"));
        }
        // The size is asked for first, so that a file which includes itself a thousand times is not read so often.
        let size = match fs::metadata(path) {
            Ok(status) => status.len(),
            Err(e) if e.kind() == ErrorKind::NotFound => {
                self.args.push(arg);
                return Ok(());
            }
            Err(e) => return Err(format!("cannot read response file {told}: {e}")),
        };
        // An empty file counts too: what is bounded is the work.
        self.bytes = self.bytes.saturating_add(size.max(4096));
        if self.bytes > MAX_BYTES {
            return Err(format!("response file {told}: the response files hold more than {} MiB", MAX_BYTES >> 20));
        }
        let text = fs::read(path).map_err(|e| format!("cannot read response file {told}: {e}"))?;
        for inner in split(&text) {
            self.add(inner, depth + 1)?;
        }
        Ok(())
    }
}

/// The arguments in `text`, by GNU's quoting.
fn split(text: &[u8]) -> Vec<OsString> {
    let mut args = Vec::new();
    let mut current = Vec::new();
    // An argument may be empty, when it is written as a pair of quotes.
    let mut started = false;
    let mut quote = None;
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (None, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c) => {
                if started {
                    args.push(OsString::from_vec(std::mem::take(&mut current)));
                    started = false;
                }
            }
            (None, b'\'' | b'"') => {
                quote = Some(byte);
                started = true;
            }
            (Some(q), b) if q == b => quote = None,
            (None | Some(b'"'), b'\\') => {
                started = true;
                current.extend(bytes.next());
            }
            (_, b) => {
                started = true;
                current.push(b);
            }
        }
    }
    if started {
        args.push(OsString::from_vec(current));
    }
    args
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn words(text: &[u8]) -> Vec<String> {
        split(text).into_iter().map(|w| w.into_string().unwrap()).collect()
    }

    /// A folder of its own for one test.
    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("sinew-response-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn quoting_is_gnu() {
        for (text, expected) in [
            ("a b\tc\r\nd", &["a", "b", "c", "d"][..]),
            ("", &[]),
            (" \n ", &[]),
            ("'a b' \"c d\"", &["a b", "c d"]),
            (r"a\ b \\ \'", &["a b", r"\", "'"]),
            (r#""a\"b" 'a\b'"#, &["a\"b", r"a\b"]),
            (r#"'it'\''s' -L"/x y"/z"#, &["it's", "-L/x y/z"]),
            ("'' x \"\"", &["", "x", ""]),
            ("'never closed", &["never closed"]),
            ("ends in \\", &["ends", "in", ""]),
            ("'say \"hi\"'", &["say \"hi\""]),
        ] {
            assert_eq!(words(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn files_nest_and_missing_ones_stay() {
        let folder = folder("nest");
        let (outer, inner) = (folder.join("outer"), folder.join("inner"));
        fs::write(&inner, "b '@literal-missing' c").unwrap();
        fs::write(&outer, format!("a @{} d", inner.display())).unwrap();
        let argv = vec!["x".into(), format!("@{}", outer.display()).into(), "@".into(), "@/no/such/file".into()];
        let got = expand(argv).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(got, ["x", "a", "b", "@literal-missing", "c", "d", "@", "@/no/such/file"].map(OsString::from));
    }

    #[test]
    fn cycles_end_in_an_error() {
        let folder = folder("cycle");
        let (one, many) = (folder.join("one"), folder.join("many"));
        fs::write(&one, format!("@{}", one.display())).unwrap();
        fs::write(&many, format!("@{} ", many.display()).repeat(1000)).unwrap();
        for path in [&one, &many] {
            let error = expand(vec![format!("@{}", path.display()).into()]).unwrap_err();
            assert!(error.contains("nested more than 10 deep"), "{error}");
        }
        // Wide without being deep: each level includes the next a thousand times, and the last is empty.
        let level = |i: usize| folder.join(format!("level{i}"));
        for i in 0..8 {
            fs::write(level(i), format!("@{} ", level(i + 1).display()).repeat(1000)).unwrap();
        }
        fs::write(level(8), "").unwrap();
        let error = expand(vec![format!("@{}", level(0).display()).into()]).unwrap_err();
        fs::remove_dir_all(&folder).unwrap();
        assert!(error.contains("hold more than 256 MiB"), "{error}");
    }

    #[test]
    fn bytes_that_are_not_utf8_survive() {
        let name = OsString::from_vec(b"a\xff\xfe.o".to_vec());
        assert_eq!(split(b"a\xff\xfe.o"), [name]);
    }

    #[test]
    fn a_folder_is_an_error() {
        let folder = folder("folder");
        let error = expand(vec![format!("@{}", folder.display()).into()]).unwrap_err();
        fs::remove_dir_all(&folder).unwrap();
        assert!(error.starts_with("cannot read response file"), "{error}");
    }
}
