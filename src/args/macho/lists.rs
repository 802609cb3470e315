//! The text files that a command line names: inputs, symbols, aliases.
//!
//! Each is read as a whole when its option is met, as response files are. Cost: one pass over the bytes.

use super::{Alias, Pattern};
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// What a list comes to: the file that was read and what it says.
pub(super) type Read<T> = Result<(PathBuf, Vec<T>), String>;

/// The paths in a `-filelist FILE[,DIR]`: one a line, blanks included, each in DIR when that is given.
pub(super) fn filelist(value: &OsStr) -> Read<PathBuf> {
    let bytes = value.as_bytes();
    // A file whose name holds a comma is taken for itself.
    let comma = memchr::memrchr(b',', bytes).filter(|_| !Path::new(value).is_file());
    let file = PathBuf::from(OsStr::from_bytes(&bytes[..comma.unwrap_or(bytes.len())]));
    let folder = comma.map(|at| Path::new(OsStr::from_bytes(&bytes[at + 1..])));
    let text = read(&file)?;
    let lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let names = lines.filter(|line| !line.is_empty()).map(|line| Path::new(OsStr::from_bytes(line)));
    let paths = names.map(|name| folder.map_or_else(|| name.to_owned(), |folder| folder.join(name))).collect();
    Ok((file, paths))
}

/// The names and patterns in a list of symbols: one a line, `#` starts a comment.
pub(super) fn patterns(value: &OsStr) -> Read<Pattern> {
    let file = PathBuf::from(value);
    let text = read(&file)?;
    Ok((file, lines(&text).map(Pattern::new).collect()))
}

/// The pairs in an `-alias_list`: a symbol and its alias on each line, `#` starts a comment.
pub(super) fn aliases(value: &OsStr) -> Read<Alias> {
    let file = PathBuf::from(value);
    let text = read(&file)?;
    let pairs = lines(&text).map(|line| {
        let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        match (words.next(), words.next(), words.next()) {
            (Some(symbol), Some(alias), None) => Ok(Alias { symbol: symbol.into(), alias: alias.into() }),
            _ => {
                Err(format!("{}: '{}' is not of the form SYMBOL ALIAS", file.display(), String::from_utf8_lossy(line)))
            }
        }
    });
    Ok((file.clone(), pairs.collect::<Result<_, _>>()?))
}

/// The lines of `text` without comments and outer blanks, where something is left.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let line = |line: &'_ [u8]| memchr::memchr(b'#', line).unwrap_or(line.len());
    text.split(|byte| *byte == b'\n')
        .map(move |whole| whole[..line(whole)].trim_ascii())
        .filter(|line| !line.is_empty())
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}
