//! Where sinew's time goes: the table that `--time` prints, as medians over some links.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Failure;
use crate::cases::{Case, Format};
use crate::linkers::Linker;
use crate::measure::{OutputKind, Plan, median};

/// One line of the table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pass {
    pub(crate) name: String,
    /// How many passes it is a part of.
    pub(crate) depth: usize,
    pub(crate) wall_ms: f64,
    pub(crate) cpu_ms: f64,
    /// Of the wall time, what is outside of parallel regions.
    pub(crate) serial_ms: f64,
}

/// Medians of at most this many links: the table is for orientation.
const RUNS: usize = 5;

/// Links as `plan` says, and adds the tables up.
pub(crate) fn measure(plan: &Plan<'_>, case: &Case, sinew: &Linker, output: &Path) -> Result<Vec<Pass>, Failure> {
    let mut tables = Vec::new();
    for _ in 0..plan.runs.min(RUNS) {
        if plan.output == OutputKind::New {
            let _ = fs::remove_file(output);
        }
        let said = link(plan.threads, case, sinew, output, &["--time"])?;
        tables.push(parse(&said).ok_or("sinew --time prints no table")?);
    }
    let names = |table: &[Pass]| table.iter().map(|pass| pass.name.clone()).collect::<Vec<_>>();
    if tables.iter().any(|table| names(table) != names(&tables[0])) {
        return Err("one input makes different passes run".into());
    }
    let of = |index: usize, part: fn(&Pass) -> f64| median(tables.iter().map(|table| part(&table[index])));
    let passes = tables[0].iter().enumerate().map(|(index, pass)| Pass {
        wall_ms: of(index, |pass| pass.wall_ms),
        cpu_ms: of(index, |pass| pass.cpu_ms),
        serial_ms: of(index, |pass| pass.serial_ms),
        ..pass.clone()
    });
    Ok(passes.collect())
}

fn parse(said: &str) -> Option<Vec<Pass>> {
    let (_, table) = said.split_once("  pass\n")?;
    let line = |line: &str| {
        let (wall, rest) = line.trim_start().split_once(' ')?;
        let (cpu, rest) = rest.trim_start().split_once(' ')?;
        let (serial, name) = rest.trim_start().split_once("  ")?;
        let depth = name.bytes().take_while(|byte| *byte == b' ').count() / 2;
        let [wall_ms, cpu_ms, serial_ms] = [wall.parse().ok()?, cpu.parse().ok()?, serial.parse().ok()?];
        Some(Pass { name: name.trim().to_owned(), depth, wall_ms, cpu_ms, serial_ms })
    };
    let passes: Vec<Pass> = table.lines().map_while(line).collect();
    (!passes.is_empty()).then_some(passes)
}

/// Links once, and gives what was said on standard error.
pub(crate) fn link(
    threads: usize,
    case: &Case,
    sinew: &Linker,
    output: &Path,
    flags: &[&str],
) -> Result<String, Failure> {
    let command = sinew.command(threads);
    let mut process = Command::new(&command[0]);
    process.args(&command[1..]).args(&case.args).args(flags).arg("-o").arg(output);
    let result = process.current_dir(&case.folder).stdin(Stdio::null()).stdout(Stdio::null()).output()?;
    let said = String::from_utf8_lossy(&result.stderr).into_owned();
    if result.status.success() { Ok(said) } else { Err(said.lines().next().unwrap_or("it fails").into()) }
}

/// How many bytes the files have that the link reads, by sinew's own account; each counts once and in full.
pub(crate) fn input_bytes(case: &Case, sinew: &Linker, output: &Path) -> Result<u64, Failure> {
    let list = output.with_extension("inputs");
    let text = list.display().to_string();
    match case.format {
        Format::Elf => link(1, case, sinew, output, &[&format!("--dependency-file={text}")])?,
        Format::MachO => link(1, case, sinew, output, &["-dependency_info", &text])?,
    };
    let bytes = fs::read(&list)?;
    fs::remove_file(&list)?;
    let mut files: Vec<PathBuf> = match case.format {
        // Each input has an empty rule.
        Format::Elf => {
            let rules = String::from_utf8_lossy(&bytes).into_owned();
            let unescaped = |name: &str| name.replace("\\ ", " ").replace("\\#", "#").replace("$$", "$");
            rules.lines().filter_map(|line| Some(case.folder.join(unescaped(line.strip_suffix(':')?)))).collect()
        }
        // Each record is a kind, of which this is that of inputs, a name and a zero byte.
        Format::MachO => bytes
            .split(|byte| *byte == 0)
            .filter_map(|record| {
                Some(case.folder.join(String::from_utf8_lossy(record.strip_prefix(&[0x10])?).as_ref()))
            })
            .collect(),
    };
    files.sort();
    files.dedup();
    Ok(files.iter().filter_map(|file| fs::metadata(file).ok()).map(|meta| meta.len()).sum())
}
