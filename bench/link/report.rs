//! Tables for people: on the screen, and in a Markdown file that can be pasted.

use std::fs;
use std::path::Path;

use crate::linkers::Linker;
use crate::measure::{OutputKind, Plan, Record};
use crate::passes::Pass;
use crate::{Failure, callgrind};

/// What was printed so far.
#[derive(Debug, Default)]
pub(crate) struct Report(String);

impl Report {
    pub(crate) fn say(&mut self, text: &str) {
        println!("{text}");
        self.0 += text;
        self.0.push('\n');
    }

    /// What the numbers depend on besides the linkers.
    pub(crate) fn head(&mut self, linkers: &[Linker], threads: usize) {
        self.say(&format!("# Links on {}\n", machine()));
        self.say(&format!("Load average at the start: {}. Threads: {threads}.\n", load()));
        for linker in linkers {
            self.say(&format!("* {} for {}: {}", linker.name, linker.format.name(), linker.version));
        }
    }

    /// One case's table.
    pub(crate) fn case(&mut self, plan: &Plan<'_>, rows: &[Record]) {
        let output = match plan.output {
            OutputKind::Old => "replacing an output",
            OutputKind::New => "no output before",
        };
        let first = rows.first().cloned().unwrap_or_default();
        let (others, input) = (first.others * 100.0, first.input_bytes / 1e6);
        self.say(&format!("\n## {}, {output}\n", plan.name));
        self.say(&format!(
            "Medians of {} rounds; {input:.1} MB in; others used {others:.0} % of the machine.\n",
            plan.runs
        ));
        self.say(&format!("| | {COLUMNS} |\n|---|{}", "--:|".repeat(COLUMN_COUNT)));
        rows.iter().for_each(|row| self.say(&format!("| {} | {} |", row.linker, columns(row))));
    }

    /// Where sinew's time goes.
    pub(crate) fn passes(&mut self, passes: &[Pass]) {
        self.say("\n| pass of sinew | wall ms | CPU ms | serial ms |\n|---|--:|--:|--:|");
        for pass in passes {
            let indent = "\u{2003}".repeat(pass.depth);
            let Pass { name, wall_ms, cpu_ms, serial_ms, .. } = pass;
            self.say(&format!("| {indent}{name} | {wall_ms:.2} | {cpu_ms:.2} | {serial_ms:.2} |"));
        }
    }

    /// Writes all of it to a file, and below it all records in one table.
    pub(crate) fn write(&self, path: &Path, records: &[Record]) -> Result<(), Failure> {
        let is_counted = records.iter().any(|record| record.kind == callgrind::KIND);
        let summary = if is_counted { instructions(records) } else { summary(records) };
        create_folder_of(path)?;
        let text = format!("{}\n## All of it\n\n{summary}", self.0);
        fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()).into())
    }
}

const COLUMNS: &str =
    "wall ms | least | CPU ms | peak MiB | page faults | output MB | wall / cp | wall / sinew | CPU / sinew";
const COLUMN_COUNT: usize = 9;

fn columns(row: &Record) -> String {
    if !row.failure.is_empty() {
        return row.failure.replace('|', "/") + &" |".repeat(COLUMN_COUNT - 1);
    }
    let ratio = |value: f64| if value > 0.0 { format!("{value:.2}") } else { String::new() };
    [
        format!("{:.1}", row.wall_ms),
        format!("{:.1}", row.wall_min_ms),
        format!("{:.1}", row.cpu_ms),
        format!("{:.1}", row.peak_kib / 1024.0),
        format!("{:.0}", row.faults),
        format!("{:.2}", row.output_bytes / 1e6),
        ratio(row.per_cp),
        ratio(row.per_sinew),
        ratio(row.cpu_per_sinew),
    ]
    .join(" | ")
}

/// One row for each linker; the first of a case also says what holds for all of its rows.
fn summary(records: &[Record]) -> String {
    let mut text =
        format!("| case (others) | output | linker | {COLUMNS} |\n|---|---|---|{}\n", "--:|".repeat(COLUMN_COUNT));
    let mut before = None;
    for record in records {
        let this = Some((&record.case, &record.kind));
        let of = match this == before {
            true => " |".to_owned(),
            false => format!("{} ({:.0} %) | {}", record.case, record.others * 100.0, record.kind),
        };
        text += &format!("| {of} | {} | {} |\n", record.linker, columns(record));
        before = this;
    }
    text
}

/// One row for each case, one column for each linker.
fn instructions(records: &[Record]) -> String {
    let (mut linkers, mut cases): (Vec<&String>, Vec<&String>) = (Vec::new(), Vec::new());
    for record in records {
        if !linkers.contains(&&record.linker) {
            linkers.push(&record.linker);
        }
        if !cases.contains(&&record.case) {
            cases.push(&record.case);
        }
    }
    let names: String = linkers.iter().map(|linker| format!(" {linker} |")).collect();
    let mut text = format!("| case, millions |{names}\n|---|{}\n", "--:|".repeat(linkers.len()));
    for case in cases {
        text += &format!("| {case} |");
        for &linker in &linkers {
            let mut of_both = records.iter().filter(|record| &record.case == case && &record.linker == linker);
            let count = of_both.next().filter(|record| record.failure.is_empty());
            text += &count.map_or(" |".to_owned(), |record| format!(" {:.2} |", record.instructions / 1e6));
        }
        text.push('\n');
    }
    text
}

pub(crate) fn create_folder_of(path: &Path) -> Result<(), Failure> {
    Ok(path.parent().map_or(Ok(()), fs::create_dir_all)?)
}

/// Processor, number of cores, kernel.
pub(crate) fn machine() -> String {
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
