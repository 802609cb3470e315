//! Tells whether sinew became slower between two files of numbers.
//!
//! What is compared is time per `cp` of the same run, which a slower machine or disk changes as well, and instructions.

use std::path::Path;

use crate::measure::Record;
use crate::results::{self, Results};
use crate::{Failure, work_folder};

/// Above this, a link of several threads waits for others, and `cp` does not wait as much: wall times say nothing.
const BUSY: f64 = 0.25;

/// Prints what changed. False if something grew by more than `limit` percent or is missing from the new file. Wall
/// time is judged only where the machine had time for it.
pub(crate) fn files(old: &Path, new: &Path, limit: f64) -> Result<bool, Failure> {
    let (old, new) = (results::read(old)?, results::read(new)?);
    let (table, is_good) = records(&old, &new, limit)?;
    println!("{table}");
    Ok(is_good)
}

fn records(old: &[Record], new: &[Record], limit: f64) -> Result<(String, bool), Failure> {
    let is_counted = |record: &&Record| record.linker == "sinew" && record.failure.is_empty();
    let mut lines = vec!["| case | kind | of | old | new | change |\n|---|---|---|--:|--:|--:|".to_owned()];
    let (mut is_good, mut count) = (true, 0);
    for before in old.iter().filter(is_counted) {
        let same =
            |after: &&Record| (&after.case, &after.kind, after.threads) == (&before.case, &before.kind, before.threads);
        let what = format!("{} | {}", before.case, before.kind);
        count += 1;
        let Some(after) = new.iter().filter(is_counted).find(same) else {
            lines.push(format!("| {what} | | | missing | **fails** |"));
            is_good = false;
            continue;
        };
        let was_quiet = before.others <= BUSY && after.others <= BUSY;
        for (unit, before, after, is_judged) in [
            ("wall per cp", before.per_cp, after.per_cp, was_quiet),
            ("CPU per cp", before.cpu_per_cp, after.cpu_per_cp, true),
            ("instructions", before.instructions, after.instructions, true),
        ] {
            if before > 0.0 {
                let change = (after / before - 1.0) * 100.0;
                let is_worse = is_judged && change > limit;
                let verdict = match (is_worse, is_judged) {
                    (true, _) => " **fails**",
                    (false, true) => "",
                    (false, false) => " (machine was busy)",
                };
                lines.push(format!("| {what} | {unit} | {before:.2} | {after:.2} | {change:+.1} %{verdict} |"));
                is_good &= !is_worse;
            }
        }
    }
    if count == 0 {
        return Err("the old file has no numbers of sinew".into());
    }
    Ok((lines.join("\n"), is_good))
}

/// That a comparison fails when it should and only then: for `cargo test`, which has no numbers to compare.
pub(crate) fn check() -> Result<(), Failure> {
    let of = |per_cp, cpu_per_cp, others| Record {
        case: "hello".to_owned(),
        kind: "old".to_owned(),
        linker: "sinew".to_owned(),
        threads: 2,
        per_cp,
        cpu_per_cp,
        others,
        ..Record::default()
    };
    let counted = |instructions| Record { instructions, ..of(0.0, 0.0, 0.0) };
    let failed = Record { failure: "says \"no\"".to_owned(), ..of(1.0, 1.0, 0.0) };
    let other_case = Record { case: "runtime".to_owned(), ..of(1.0, 1.0, 0.0) };
    for (what, old, new, is_good) in [
        ("the same", of(2.0, 1.5, 0.0), of(2.0, 1.5, 0.0), true),
        ("within the limit", of(2.0, 1.5, 0.0), of(2.19, 1.64, 0.0), true),
        ("slower", of(2.0, 1.5, 0.0), of(2.21, 1.5, 0.0), false),
        ("faster", of(2.21, 1.5, 0.0), of(2.0, 1.5, 0.0), true),
        ("slower while others worked", of(2.0, 1.5, 0.0), of(2.9, 1.5, 0.5), true),
        ("more processor time while others worked", of(2.0, 1.5, 0.0), of(2.0, 1.7, 0.5), false),
        ("more instructions", counted(100.0), counted(111.0), false),
        ("fewer instructions", counted(111.0), counted(100.0), true),
        ("no longer a link", of(2.0, 1.5, 0.0), failed, false),
        ("a case that is missing", of(2.0, 1.5, 0.0), other_case, false),
    ] {
        // Through files, so that reading and writing are checked as well.
        let paths = ["old", "new"].map(|name| work_folder().join(format!("check-{}-{name}.json", std::process::id())));
        for (record, path) in [old, new].into_iter().zip(&paths) {
            let mut results = Results::default();
            results.records.push(record);
            results.write(path, &[])?;
        }
        let (table, said) = records(&results::read(&paths[0])?, &results::read(&paths[1])?, 10.0)?;
        paths.iter().try_for_each(std::fs::remove_file)?;
        if said != is_good {
            return Err(format!("a comparison is wrong about what is {what}:\n{table}").into());
        }
    }
    Ok(())
}
