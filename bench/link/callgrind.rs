//! Counts instructions under valgrind: a number that a busy machine does not change.
//!
//! One thread, so that no scheduling takes part. It says nothing of cache misses, page faults and system calls; what
//! it is good for is to notice that a change made the processor do more. Valgrind has no SHA instructions: where pages are
//! hashed (Mach-O), what is counted is the portable code.

use std::process::{Command, Stdio};

use crate::cases::Case;
use crate::linkers::Linker;
use crate::measure::{Record, output_path};
use crate::report::Report;
use crate::{Failure, work_folder};

/// What a record of such a count calls itself.
pub(crate) const KIND: &str = "callgrind";

/// Counts for one case.
pub(crate) fn count(name: &str, case: &Case, linkers: &[&Linker], report: &mut Report) -> Result<Vec<Record>, Failure> {
    if Command::new("valgrind").arg("--version").stdout(Stdio::null()).status().is_err() {
        return Err("valgrind is not installed".into());
    }
    report.say(&format!("\n## {name}: instructions, one thread\n\n| | instructions |\n|---|--:|"));
    let mut records = Vec::new();
    for linker in linkers {
        let output = output_path(name, &linker.name);
        let profile = work_folder().join(format!("callgrind-{name}-{}", linker.name));
        let mut command = Command::new("valgrind");
        command.arg("--tool=callgrind").arg(format!("--callgrind-out-file={}", profile.display()));
        command.args(linker.command(1)).args(&case.args).arg("-o").arg(&output);
        let _ = std::fs::remove_file(&output);
        let result = command.current_dir(&case.folder).stdin(Stdio::null()).output()?;
        let text = String::from_utf8_lossy(&result.stderr).into_owned();
        let instructions = text.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse::<f64>().ok());
        let mut record = Record {
            case: name.to_owned(),
            kind: KIND.to_owned(),
            linker: linker.name.clone(),
            threads: 1,
            runs: 1,
            ..Record::default()
        };
        match instructions.filter(|_| result.status.success() && output.exists()) {
            Some(instructions) => {
                report.say(&format!("| {} | {instructions} |", linker.name));
                record.instructions = instructions;
            }
            None => {
                // Valgrind's own lines begin with the number of the process.
                let said =
                    text.lines().find(|line| !line.starts_with("==")).unwrap_or("it links nothing, without a word");
                report.say(&format!("| {} | {said} |", linker.name));
                record.failure = said.to_owned();
            }
        }
        let _ = std::fs::remove_file(output);
        records.push(record);
    }
    Ok(records)
}
