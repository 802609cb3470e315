//! The checker and the comparison as commands, for whole programs (`tests/programs/macho-*.sh`):
//!
//!     suite macho-check FILE…                        every structure of each file
//!     suite macho-compare OURS LLDS [ASPECT…]        what differs in meaning, but for the aspects named

use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

use super::dump::MachO;
use super::{check, compare};
use crate::dump::Result;

/// Does what the command line says, if it names one of the commands.
pub(crate) fn run() -> Option<ExitCode> {
    let mut args = std::env::args().skip(1);
    let problems = match args.next()?.as_str() {
        "macho-check" => args.map(|path| problems_of(&path)).collect::<Result<Vec<_>>>().map(|all| all.concat()),
        "macho-compare" => compare(&args.collect::<Vec<_>>()),
        _ => return None,
    };
    let problems = problems.unwrap_or_else(|e| vec![e]);
    let _ = problems.iter().try_for_each(|problem| writeln!(io::stderr(), "{problem}"));
    Some(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn read(path: &str) -> Result<MachO> {
    let bytes = fs::read(path).map_err(|e| format!("{path}: {e}"))?;
    MachO::parse(bytes).map_err(|e| format!("{path}: {e}"))
}

fn problems_of(path: &str) -> Result<Vec<String>> {
    Ok(check::problems(&read(path)?).into_iter().map(|problem| format!("{path}: {problem}")).collect())
}

fn compare(args: &[String]) -> Result<Vec<String>> {
    let [ours, theirs, except @ ..] = args else { return Err("macho-compare takes two files".to_string()) };
    let found = compare::differences(&read(ours)?, &read(theirs)?, except)?;
    Ok(found.into_iter().map(|difference| format!("{ours}: {difference}")).collect())
}
