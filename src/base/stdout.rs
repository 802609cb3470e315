//! Standard output: the one place that writes there.

use std::io::{self, ErrorKind, Write};

/// Prints what was asked for. Nobody reading it (any more) is no failure of ours; a full disk is one.
pub fn print(text: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
