//! The file of numbers: JSON with one record a line, so that it can be read back without a JSON parser and compared by
//! `diff`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::Failure;
use crate::linkers::Linker;
use crate::measure::{Plan, Record};
use crate::passes::Pass;
use crate::report::{create_folder_of, load, machine};

/// All numbers of one call.
#[derive(Debug, Default)]
pub(crate) struct Results {
    pub(crate) records: Vec<Record>,
    /// Lines as they will be written.
    passes: Vec<String>,
}

impl Results {
    pub(crate) fn add_passes(&mut self, plan: &Plan<'_>, passes: &[Pass]) {
        for pass in passes {
            self.passes.push(format!(
                "{{\"pass\": {}, \"depth\": {}, \"of\": {}, \"kind\": {}, \"threads\": {}, \"wall_ms\": {}, \"cpu_ms\": {}, \
                 \"serial_ms\": {}}}",
                quoted(&pass.name),
                pass.depth,
                quoted(plan.name),
                quoted(plan.output.name()),
                plan.threads,
                rounded(pass.wall_ms),
                rounded(pass.cpu_ms),
                rounded(pass.serial_ms)
            ));
        }
    }

    pub(crate) fn write(&self, path: &Path, linkers: &[Linker]) -> Result<(), Failure> {
        let mut text =
            format!("{{\n\"machine\": {},\n\"load\": {},\n\"linkers\": {{", quoted(&machine()), quoted(&load()));
        for (index, linker) in linkers.iter().enumerate() {
            let (comma, name) =
                (if index > 0 { ", " } else { "" }, format!("{} {}", linker.format.name(), linker.name));
            write!(text, "{comma}{}: {}", quoted(&name), quoted(&linker.version))?;
        }
        let lines: Vec<String> = self.records.iter().map(line).collect();
        write!(
            text,
            "}},\n\"records\": [\n{}\n],\n\"passes\": [\n{}\n]\n}}\n",
            lines.join(",\n"),
            self.passes.join(",\n")
        )?;
        create_folder_of(path)?;
        fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()).into())
    }
}

/// Enough for a ratio, and a count stays whole.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
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
        ("input_bytes", record.input_bytes),
        ("output_bytes", record.output_bytes),
        ("per_cp", record.per_cp),
        ("per_sinew", record.per_sinew),
        ("cpu_per_cp", record.cpu_per_cp),
        ("cpu_per_sinew", record.cpu_per_sinew),
        ("others", record.others),
        ("instructions", record.instructions),
    ] {
        write!(text, ", \"{name}\": {}", rounded(value)).expect("a string grows as needed");
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

/// The records of a file that [`Results::write`] wrote.
pub(crate) fn read(path: &Path) -> Result<Vec<Record>, Failure> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let records: Option<Vec<Record>> = text.lines().filter(|line| line.starts_with("{\"case\"")).map(parse).collect();
    records.filter(|records| !records.is_empty()).ok_or_else(|| format!("{}: holds no records", path.display()).into())
}

/// What a comparison needs of a record.
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
