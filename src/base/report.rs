//! A report in a file: whole or not at all, like the output.

use super::diag::Reported;
use super::session::Session;
use sinew_mmap::input::Input;
use sinew_mmap::output::Output;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Refuses a report that would take the place of the output or of one of `inputs`, before anything is written.
pub fn check(path: &Path, inputs: &[&Input], output: &Path, cx: &Session) {
    let meta = std::fs::metadata(path).ok();
    let is_input = |meta: &std::fs::Metadata| inputs.iter().any(|i| i.identity() == Some((meta.dev(), meta.ino())));
    let what = match &meta {
        _ if path == output => "that is where the output goes",
        Some(meta) if is_input(meta) => "it is an input of the link",
        _ => return,
    };
    cx.diag.error(format_args!("cannot write a report to {}: {what}", path.display()));
}

/// Writes `text` to `path`. A device or a pipe is written to as it is.
pub fn write(path: &Path, text: &[u8], cx: &Session) -> Result<(), Reported> {
    let result = Output::create(path, text.len() as u64, false, 1).and_then(|mut output| {
        output.patch(0, text)?;
        output.commit()
    });
    result.map(drop).map_err(|e| cx.diag.fail(format_args!("cannot write {}: {}", path.display(), reason(&e))))
}

/// The words of an operating-system error.
pub fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => "no space left on device".to_string(),
        io::ErrorKind::NotFound => "no such directory".to_string(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or(&text).to_lowercase()
        }
    }
}
