//! Links, measured: sinew beside the linkers that are installed.
//!
//! `cargo bench --bench link -- [options]`; `--help` lists them, `docs/performance.md` says how to read the result.
//! Linkers take turns round by round, with the same arguments and thread count, so that what else the machine does
//! falls on all of them. `cp` of the output is the reference: no linker can be done before its file is written. Prints
//! Markdown tables, keeps them in a file, and writes the same numbers as JSON; `--compare` tells whether one such file
//! is worse than another, `--hash` whether a link gives the same output each time.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that reports")]

mod callgrind;
#[path = "../cases/mod.rs"]
#[allow(dead_code, reason = "another bench uses the rest")]
mod cases;
mod compare;
mod hashes;
mod linkers;
mod measure;
mod passes;
mod report;
mod results;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cases::{Case, Failure};
use linkers::Linker;
use report::Report;
use results::Results;

const USAGE: &str = "usage: cargo bench --bench link -- [options]
  --cases A,B       only cases whose name contains one of these words
  --linkers A,B     of sinew, lld, mold, wild, bfd (all but bfd); or NAME=PATH, a build of sinew
  --threads N       threads for each linker (as many as there are cores)
  --runs N          rounds (21, 15 or 7, by case)
  --output KIND     old: there is an output to replace; new: there is none; both (the default)
  --passes          print where sinew's time goes as well (it is always in the JSON file)
  --json FILE       where the numbers go (target/tmp/link/results.json, or instructions.json)
  --markdown FILE   where the tables go (the same, with .md)
  --callgrind       count the instructions of the small cases with valgrind instead of measuring time
  --hash N          link each case N times with changing numbers of threads instead; fails if outputs differ
  --compare OLD NEW compare two files of numbers; fails if sinew became slower
  --limit PERCENT   by how much at least (10)
environment:
  SINEW_BENCH_PEERS    folder with ld.lld, ld64.lld, ld.mold, ld.wild, ld.bfd; otherwise PATH is searched
  SINEW_BENCH_RSP      recorded links, separated as in PATH: [NAME=]response file, or list of inputs, one a line
  SINEW_BENCH_UNITS    C and C++ source files each of the runtime cases (24)
  SINEW_BENCH_OBJECTS, SINEW_BENCH_FUNCTIONS    objects of the generated cases and functions in each
                       (500, 400; with debug information 200, 400; Mach-O 2000, 60)
  SINEW_BENCH_DEBUG    types that the debug information of generated_debug describes a function (8)
  SINEW_BENCH_SDK      stands in for a macOS SDK (target/macos-sdk, which tests/macho/sdk/make.sh makes)
  CC, CXX, SINEW_BENCH_CLANG    compilers that prepare the cases: of the system (cc, c++), for macOS (clang-19, clang)";

#[derive(Debug)]
struct Options {
    cases: Vec<String>,
    linkers: Vec<String>,
    threads: usize,
    runs: Option<usize>,
    outputs: Vec<measure::OutputKind>,
    passes: bool,
    json: Option<PathBuf>,
    markdown: Option<PathBuf>,
    callgrind: bool,
    hash: Option<usize>,
    compare: Option<(PathBuf, PathBuf)>,
    limit: f64,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [first, command @ ..] = &args[..]
        && first == measure::RUNNER
    {
        return measure::run_and_tell(command);
    }
    let result = match options(args.iter().cloned()) {
        // `cargo test --bench link` starts this without `--bench`: it checks itself and measures nothing.
        Some(_) if args.is_empty() => create_work_folder().and_then(|()| compare::check()).map(|()| true),
        Some(options) => run(&options),
        None => {
            println!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("link bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn options(mut args: impl Iterator<Item = String>) -> Option<Options> {
    let list = |value: String| value.split(',').map(str::to_owned).collect::<Vec<_>>();
    let mut options = Options {
        cases: Vec::new(),
        linkers: list("sinew,lld,mold,wild".to_owned()),
        threads: std::thread::available_parallelism().map_or(1, usize::from),
        runs: None,
        outputs: measure::OutputKind::ALL.to_vec(),
        passes: false,
        json: None,
        markdown: None,
        callgrind: false,
        hash: None,
        compare: None,
        limit: 10.0,
    };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            // What cargo says to every bench.
            "--bench" => {}
            "--cases" => options.cases = list(args.next()?),
            "--linkers" => options.linkers = list(args.next()?),
            "--threads" => options.threads = args.next()?.parse().ok().filter(|threads| *threads > 0)?,
            "--runs" => options.runs = Some(args.next()?.parse().ok().filter(|runs| *runs > 0)?),
            "--output" => options.outputs = measure::OutputKind::parse(&args.next()?)?,
            "--passes" => options.passes = true,
            "--json" => options.json = Some(args.next()?.into()),
            "--markdown" => options.markdown = Some(args.next()?.into()),
            "--hash" => options.hash = Some(args.next()?.parse().ok().filter(|times| *times > 0)?),
            "--callgrind" => options.callgrind = true,
            "--compare" => options.compare = Some((args.next()?.into(), args.next()?.into())),
            "--limit" => options.limit = args.next()?.parse().ok()?,
            _ => return None,
        }
    }
    Some(options)
}

/// Inside cargo's target folder: what the cases are made of stays there for the next time.
fn work_folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("link")
}

fn create_work_folder() -> Result<(), Failure> {
    Ok(std::fs::create_dir_all(work_folder().join("out"))?)
}

fn run(options: &Options) -> Result<bool, Failure> {
    if let Some((old, new)) = &options.compare {
        return compare::files(old, new, options.limit);
    }
    create_work_folder()?;
    let linkers = linkers::find(&options.linkers)?;
    let (mut report, mut results, mut is_good) = (Report::default(), Results::default(), true);
    if options.hash.is_none() {
        report.head(&linkers, options.threads);
    }
    let is_wanted = |name: &str| options.cases.is_empty() || options.cases.iter().any(|word| name.contains(word));
    for recipe in cases::all().iter().filter(|recipe| is_wanted(&recipe.name)) {
        if options.callgrind && !recipe.is_small {
            continue;
        }
        let case = match recipe.prepare(&work_folder()) {
            Ok(case) => case,
            Err(error) => {
                report.say(&format!("\n**{}**: left out: {error}", recipe.name));
                continue;
            }
        };
        let linkers: Vec<&Linker> = linkers.iter().filter(|linker| linker.format == case.format).collect();
        let sinew = linkers.iter().find(|linker| linker.is_sinew());
        if options.callgrind {
            results.records.extend(callgrind::count(&recipe.name, &case, &linkers, &mut report)?);
        } else if let Some(times) = options.hash {
            let sinew = sinew.ok_or("--hash is about sinew, which is not among the linkers")?;
            is_good &= hashes::check(&recipe.name, &case, sinew, times, &mut report)?;
        } else {
            let runs = options.runs.unwrap_or(recipe.runs);
            measure_case((&recipe.name, runs), &case, &linkers, options, (&mut report, &mut results))?;
        }
    }
    if options.hash.is_some() {
        return Ok(is_good);
    }
    let default = if options.callgrind { "instructions.json" } else { "results.json" };
    let json = options.json.clone().unwrap_or_else(|| work_folder().join(default));
    results.write(&json, &linkers)?;
    report.say(&format!("\nLoad average at the end: {}.", report::load()));
    let markdown = options.markdown.clone().unwrap_or_else(|| json.with_extension("md"));
    report.write(&markdown, &results.records)?;
    println!("Numbers: {}. Tables: {}", json.display(), markdown.display());
    Ok(true)
}

/// A case, of a name and a number of rounds, with each kind of output.
fn measure_case(
    (name, runs): (&str, usize),
    case: &Case,
    linkers: &[&Linker],
    options: &Options,
    (report, results): (&mut Report, &mut Results),
) -> Result<(), Failure> {
    let sinew = linkers.iter().find(|linker| linker.is_sinew());
    let output = measure::output_path(name, "passes");
    // Zero where sinew takes no part or fails; what is wrong then stands in the table.
    let input_bytes = sinew.map_or(0, |sinew| passes::input_bytes(case, sinew, &output).unwrap_or(0));
    for &kind in &options.outputs {
        let plan = measure::Plan { name, output: kind, threads: options.threads, runs };
        let rows = measure::case(&plan, case, input_bytes, linkers)?;
        report.case(&plan, &rows);
        results.records.extend(rows);
        if let Some(Ok(passes)) = sinew.map(|sinew| passes::measure(&plan, case, sinew, &output)) {
            results.add_passes(&plan, &passes);
            if options.passes {
                report.passes(&passes);
            }
        }
    }
    let _ = std::fs::remove_file(output);
    Ok(())
}
