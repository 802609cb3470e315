//! A report in a file: whole or not at all, like the output.

use crate::args::elf::Args;
use crate::base::diag::Reported;
use crate::base::session::Session;
use sinew_mmap::input::Input;
use sinew_mmap::output::Output;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Writes `text` to `path`. A device or a pipe is written to as it is; a report never takes the place of the output or
/// of one of `inputs`.
pub(super) fn write(path: &Path, text: &[u8], inputs: &[Input], args: &Args, cx: &Session) -> Result<(), Reported> {
    let failed = |what: &str| cx.diag.fail(format_args!("cannot write {}: {what}", path.display()));
    if path == args.output {
        return Err(failed("that is where the output goes"));
    }
    if let Ok(meta) = std::fs::metadata(path)
        && inputs.iter().any(|input| input.identity() == Some((meta.dev(), meta.ino())))
    {
        return Err(failed("it is an input of the link"));
    }
    let result = Output::create(path, text.len() as u64, false).and_then(|mut output| {
        output.patch(0, text)?;
        output.commit()
    });
    result.map(drop).map_err(|e| failed(&reason(&e)))
}

/// The words of an operating-system error.
pub(super) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => "no space left on device".to_string(),
        io::ErrorKind::NotFound => "no such directory".to_string(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or(&text).to_lowercase()
        }
    }
}
