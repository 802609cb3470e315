//! Runs links in turn and keeps their costs.
//!
//! A command is started by a runner, which is this program again: the kernel adds up what the ended children of a
//! process have used, so a runner with one child knows what that one used, with its peak memory, and starts it from
//! a small process.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;

use crate::cases::{Case, Format};
use crate::linkers::Linker;
use crate::{Failure, work_folder};

/// Whether an output of the link before is there to be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OutputKind {
    Old,
    New,
}

impl OutputKind {
    pub(crate) const ALL: [OutputKind; 2] = [OutputKind::Old, OutputKind::New];

    pub(crate) fn parse(word: &str) -> Option<Vec<OutputKind>> {
        match word {
            "both" => Some(Self::ALL.to_vec()),
            word => Self::ALL.iter().find(|kind| kind.name() == word).map(|kind| vec![*kind]),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            OutputKind::Old => "old",
            OutputKind::New => "new",
        }
    }
}

/// What is to be measured, besides the link itself.
#[derive(Debug)]
pub(crate) struct Plan<'n> {
    pub(crate) name: &'n str,
    pub(crate) output: OutputKind,
    pub(crate) threads: usize,
    pub(crate) runs: usize,
}

/// What one linker needed for one case: medians over the rounds.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Record {
    pub(crate) case: String,
    /// `old`, `new`, or `callgrind` for a count of instructions.
    pub(crate) kind: String,
    pub(crate) linker: String,
    pub(crate) threads: usize,
    pub(crate) runs: usize,
    pub(crate) wall_ms: f64,
    pub(crate) wall_min_ms: f64,
    pub(crate) cpu_ms: f64,
    pub(crate) peak_kib: f64,
    pub(crate) faults: f64,
    /// Sizes of the files that the link reads, and of what it writes.
    pub(crate) input_bytes: f64,
    pub(crate) output_bytes: f64,
    /// Wall time divided by that of the round's `cp`, and by that of sinew; 0 where there is none.
    pub(crate) per_cp: f64,
    pub(crate) per_sinew: f64,
    /// The same of processor time, which a busy machine changes less.
    pub(crate) cpu_per_cp: f64,
    pub(crate) cpu_per_sinew: f64,
    /// Which part of the machine others used meanwhile, from 0 to 1.
    pub(crate) others: f64,
    pub(crate) instructions: f64,
    /// Why there are no numbers.
    pub(crate) failure: String,
}

/// What one run needed: wall and processor time in ms, peak memory in KiB, page faults.
#[derive(Debug, Clone, Copy)]
struct Sample {
    wall_ms: f64,
    cpu_ms: f64,
    peak_kib: f64,
    faults: f64,
}

/// The first argument that makes this program a runner.
pub(crate) const RUNNER: &str = "--run-and-tell";

/// Runs a command, says what it needed, and ends as it did.
pub(crate) fn run_and_tell(command: &[String]) -> ExitCode {
    let [program, args @ ..] = command else { return ExitCode::from(127) };
    let start = Instant::now();
    let status = Command::new(program).args(args).stdin(Stdio::null()).stdout(Stdio::null()).status();
    let wall = start.elapsed();
    let (Ok(status), Ok(usage)) = (status, getrusage(UsageWho::RUSAGE_CHILDREN)) else {
        eprintln!("cannot run {program}");
        return ExitCode::from(127);
    };
    let cpu = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    println!("{} {} {} {}", wall.as_micros(), cpu, usage.max_rss(), usage.minor_page_faults());
    if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn sample(command: &[String], folder: &Path) -> Result<Sample, Failure> {
    let output = Command::new(std::env::current_exe()?).arg(RUNNER).args(command).current_dir(folder).output()?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(text.lines().next().unwrap_or("it fails without a word").into());
    }
    let text = String::from_utf8(output.stdout)?;
    let numbers: Vec<f64> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
    match numbers[..] {
        [wall, cpu, peak_kib, faults] => Ok(Sample { wall_ms: wall / 1e3, cpu_ms: cpu / 1e3, peak_kib, faults }),
        _ => Err(format!("a runner said {text:?}").into()),
    }
}

struct Contender {
    name: String,
    command: Vec<String>,
    output: PathBuf,
    samples: Vec<Sample>,
    failure: Option<String>,
}

/// Where a linker writes a case's output.
pub(crate) fn output_path(case: &str, linker: &str) -> PathBuf {
    work_folder().join("out").join(format!("{case}-{linker}"))
}

/// Measures one case with all linkers that can link it; `input_bytes` is what it reads.
pub(crate) fn case(
    plan: &Plan<'_>,
    case: &Case,
    input_bytes: u64,
    linkers: &[&Linker],
) -> Result<Vec<Record>, Failure> {
    let output_of = |name: &str| output_path(plan.name, name);
    let mut contenders: Vec<Contender> = linkers
        .iter()
        .map(|linker| {
            let output = output_of(&linker.name);
            let mut command = linker.command(plan.threads);
            command.extend(case.args.iter().cloned());
            command.extend(["-o".to_owned(), output.display().to_string()]);
            Contender { name: linker.name.clone(), command, output, samples: Vec::new(), failure: None }
        })
        .collect();
    // One trial each, which does not count: is it a link at all?
    for contender in &mut contenders {
        let _ = fs::remove_file(&contender.output);
        contender.failure = trial(contender, case).err().map(|error| error.to_string());
    }
    if let Some(model) = contenders.iter().find(|contender| contender.failure.is_none()) {
        let (source, output) = (model.output.with_extension("copied"), output_of("cp"));
        fs::copy(&model.output, &source)?;
        let command = ["cp", &source.display().to_string(), &output.display().to_string()].map(str::to_owned).to_vec();
        let name = "cp".to_owned();
        contenders.push(Contender { name, command, output, samples: Vec::new(), failure: None });
        fs::copy(&source, output_of("cp"))?;
    }
    let (start, busy_before) = (Instant::now(), busy_ms());
    for round in 0..plan.runs {
        for turn in 0..contenders.len() {
            // Nobody always comes after the same one: what that left behind (dirty pages, a warm cache) is shared.
            let index = (round + turn) % contenders.len();
            let contender = &mut contenders[index];
            if contender.failure.is_some() {
                continue;
            }
            if plan.output == OutputKind::New {
                fs::remove_file(&contender.output)?;
            }
            match sample(&contender.command, &case.folder) {
                Ok(sample) => contender.samples.push(sample),
                Err(error) => contender.failure = Some(error.to_string()),
            }
        }
    }
    let ours: f64 = contenders.iter().flat_map(|contender| &contender.samples).map(|sample| sample.cpu_ms).sum();
    let cores = std::thread::available_parallelism().map_or(1, usize::from) as f64;
    let others = (busy_ms() - busy_before - ours) / (start.elapsed().as_secs_f64() * 1e3 * cores);
    let of = |contender: &Contender| Record {
        others: others.clamp(0.0, 1.0),
        input_bytes: input_bytes as f64,
        ..record(plan, contender, &contenders)
    };
    let records = contenders.iter().map(of).collect();
    for contender in &contenders {
        let _ = fs::remove_file(&contender.output);
        let _ = fs::remove_file(contender.output.with_extension("copied"));
    }
    Ok(records)
}

/// For how long all cores together have not been idle (`proc_stat(5)`: in hundredths of a second).
fn busy_ms() -> f64 {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let times = text.lines().next().unwrap_or_default().split_whitespace().skip(1).take(8);
    // The fourth and fifth are the idle ones.
    times
        .enumerate()
        .filter(|(index, _)| ![3, 4].contains(index))
        .filter_map(|(_, time)| time.parse::<f64>().ok())
        .sum::<f64>()
        * 10.0
}

fn trial(contender: &Contender, case: &Case) -> Result<(), Failure> {
    sample(&contender.command, &case.folder)?;
    check_output(&contender.output, case.format)?;
    if case.is_started && !Command::new(&contender.output).stdout(Stdio::null()).status()?.success() {
        return Err("what it links does not run".into());
    }
    Ok(())
}

/// Whether a link wrote a file of its format.
pub(crate) fn check_output(output: &Path, format: Format) -> Result<(), Failure> {
    let mut start = [0; 4];
    fs::File::open(output).and_then(|mut file| file.read_exact(&mut start)).map_err(|_| "it writes no output")?;
    if start != format.magic() {
        return Err(format!("what it writes is not {}", format.name()).into());
    }
    Ok(())
}

fn record(plan: &Plan<'_>, contender: &Contender, all: &[Contender]) -> Record {
    let name = |wanted: &str| all.iter().find(|other| other.name == wanted && other.failure.is_none());
    let mut record = Record {
        case: plan.name.to_owned(),
        kind: plan.output.name().to_owned(),
        linker: contender.name.clone(),
        threads: plan.threads,
        ..Record::default()
    };
    if let Some(failure) = &contender.failure {
        record.failure = failure.clone();
        return record;
    }
    let of = |part: fn(&Sample) -> f64| median(contender.samples.iter().map(part));
    let ratio = |other: Option<&Contender>, part: fn(&Sample) -> f64| {
        let other = other.map_or(&[][..], |other| &other.samples[..]);
        median(contender.samples.iter().zip(other).map(|(mine, theirs)| part(mine) / part(theirs)))
    };
    record.runs = contender.samples.len();
    record.wall_ms = of(|sample| sample.wall_ms);
    record.wall_min_ms = contender.samples.iter().map(|sample| sample.wall_ms).fold(f64::INFINITY, f64::min);
    record.cpu_ms = of(|sample| sample.cpu_ms);
    record.peak_kib = of(|sample| sample.peak_kib);
    record.faults = of(|sample| sample.faults);
    record.output_bytes = fs::metadata(&contender.output).map_or(0.0, |meta| meta.len() as f64);
    record.per_cp = ratio(name("cp"), |sample| sample.wall_ms);
    record.per_sinew = ratio(name("sinew"), |sample| sample.wall_ms);
    record.cpu_per_cp = ratio(name("cp"), |sample| sample.cpu_ms);
    record.cpu_per_sinew = ratio(name("sinew"), |sample| sample.cpu_ms);
    record
}

/// 0 for nothing.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        len if len % 2 == 1 => values[middle],
        _ => (values[middle - 1] + values[middle]) / 2.0,
    }
}
