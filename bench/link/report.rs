//! Prints tables, writes and reads the file of numbers, compares two.
//!
//! The file is JSON with one record a line, so that it can be read back without a JSON parser and compared by `diff`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::Failure;
use crate::linkers::Linker;
use crate::measure::{OutputKind, Plan, Record};

/// What the numbers depend on besides the linkers.
pub(crate) fn print_head(linkers: &[Linker], threads: usize) {
    println!("# Links on {}\n", machine());
    println!("Load average at the start: {}. Threads: {threads}.", load());
    for linker in linkers {
        println!("{}: {}", linker.name, linker.version);
    }
}

/// Processor, number of cores, kernel.
fn machine() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ")).map(|(_, name)| name);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{}, {cores} cores, {} {}", model.unwrap_or("a processor"), std::env::consts::OS, kernel.trim())
}

/// How many processes wanted a core, over 1, 5 and 15 minutes.
pub(crate) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// One case's table.
pub(crate) fn print_case(plan: &Plan, rows: &[Record]) {
    let output = match plan.output {
        OutputKind::Old => "replacing an output",
        OutputKind::New => "no output before",
    };
    let others = rows.first().map_or(0.0, |row| row.others * 100.0);
    println!(
        "\n## {}, {output}\n\nMedians of {} rounds; others used {others:.0} % of the machine.\n",
        plan.name, plan.runs
    );
    println!("| | wall ms | least | CPU ms | peak MiB | page faults | output MB | wall / cp | / sinew | CPU / sinew |");
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for row in rows {
        if !row.failure.is_empty() {
            println!("| {} | {} | | | | | | | | |", row.linker, row.failure.replace('|', "/"));
            continue;
        }
        let ratio = |value: f64| if value > 0.0 { format!("{value:.2}") } else { String::new() };
        println!(
            "| {} | {:.1} | {:.1} | {:.1} | {:.1} | {:.0} | {:.2} | {} | {} | {} |",
            row.linker,
            row.wall_ms,
            row.wall_min_ms,
            row.cpu_ms,
            row.peak_kib / 1024.0,
            row.faults,
            row.output_bytes / 1e6,
            ratio(row.per_cp),
            ratio(row.per_sinew),
            ratio(row.cpu_per_sinew),
        );
    }
}

/// Writes all numbers.
pub(crate) fn write_json(path: &Path, linkers: &[Linker], records: &[Record]) -> Result<(), Failure> {
    let mut text = format!("{{\n\"machine\": {},\n\"load\": {},\n\"linkers\": {{", quoted(&machine()), quoted(&load()));
    for (index, linker) in linkers.iter().enumerate() {
        let comma = if index > 0 { ", " } else { "" };
        write!(text, "{comma}{}: {}", quoted(&linker.name), quoted(&linker.version))?;
    }
    text.push_str("},\n\"records\": [\n");
    let lines: Vec<String> = records.iter().map(line).collect();
    write!(text, "{}\n]\n}}\n", lines.join(",\n"))?;
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()).into())
}

fn line(record: &Record) -> String {
    let mut text = format!(
        "{{\"case\": {}, \"kind\": {}, \"linker\": {}, \"failure\": {}, \"threads\": {}, \"runs\": {}",
        quoted(&record.case),
        quoted(&record.kind),
        quoted(&record.linker),
        quoted(&record.failure),
        record.threads,
        record.runs
    );
    for (name, value) in [
        ("wall_ms", record.wall_ms),
        ("wall_min_ms", record.wall_min_ms),
        ("cpu_ms", record.cpu_ms),
        ("peak_kib", record.peak_kib),
        ("faults", record.faults),
        ("output_bytes", record.output_bytes),
        ("per_cp", record.per_cp),
        ("per_sinew", record.per_sinew),
        ("cpu_per_cp", record.cpu_per_cp),
        ("cpu_per_sinew", record.cpu_per_sinew),
        ("others", record.others),
        ("instructions", record.instructions),
    ] {
        // Enough for a ratio, and a count stays whole.
        write!(text, ", \"{name}\": {}", (value * 1e4).round() / 1e4).expect("a string grows as needed");
    }
    text.push('}');
    text
}

fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// The records of a file that [`write_json`] wrote.
fn read_json(path: &Path) -> Result<Vec<Record>, Failure> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let records: Option<Vec<Record>> = text.lines().filter(|line| line.starts_with("{\"case\"")).map(parse).collect();
    records.filter(|records| !records.is_empty()).ok_or_else(|| format!("{}: holds no records", path.display()).into())
}

fn parse(line: &str) -> Option<Record> {
    let after = |name: &str| line.split_once(&format!("\"{name}\": ")).map(|(_, rest)| rest);
    // Names of cases and linkers hold no quotes; a failure may, but only whether there is one counts.
    let word = |name: &str| after(name)?.strip_prefix('"')?.split_once('"').map(|(word, _)| word.to_owned());
    let number = |name: &str| after(name)?.split([',', '}']).next()?.parse::<f64>().ok();
    Some(Record {
        case: word("case")?,
        kind: word("kind")?,
        linker: word("linker")?,
        failure: word("failure")?,
        threads: number("threads")? as usize,
        runs: number("runs")? as usize,
        per_cp: number("per_cp")?,
        cpu_per_cp: number("cpu_per_cp")?,
        others: number("others")?,
        instructions: number("instructions")?,
        ..Record::default()
    })
}

/// Above this, a link of several threads waits for others, and `cp` does not wait as much: wall times say nothing.
const BUSY: f64 = 0.25;

/// Compares what sinew needed, in time per `cp` and in instructions. False if something grew by more than `limit`
/// percent or is missing from the new file. Wall time is judged only where the machine had time for it.
pub(crate) fn compare(old: &Path, new: &Path, limit: f64) -> Result<bool, Failure> {
    let (old, new) = (read_json(old)?, read_json(new)?);
    let is_counted = |record: &&Record| record.linker == "sinew" && record.failure.is_empty();
    println!("| case | kind | of | old | new | change |\n|---|---|---|--:|--:|--:|");
    let (mut good, mut count) = (true, 0);
    for before in old.iter().filter(is_counted) {
        let same =
            |after: &&Record| (&after.case, &after.kind, after.threads) == (&before.case, &before.kind, before.threads);
        let what = format!("{} | {}", before.case, before.kind);
        count += 1;
        let Some(after) = new.iter().filter(is_counted).find(same) else {
            println!("| {what} | | | missing | **fails** |");
            good = false;
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
                println!("| {what} | {unit} | {before:.2} | {after:.2} | {change:+.1} %{verdict} |");
                good &= !is_worse;
            }
        }
    }
    if count == 0 {
        return Err("the old file has no numbers of sinew".into());
    }
    Ok(good)
}
