//! Links, measured: sinew beside the linkers that are installed.
//!
//! `cargo bench --bench link -- [options]`; `--help` lists them, `docs/performance.md` says how to read the result.
//! Linkers take turns round by round, with the same arguments and thread count, so that what else the machine does
//! falls on all of them. `cp` of the output is the reference: no linker can be done before its file is written. Prints
//! a Markdown table and writes the same numbers as JSON; `--compare` tells whether one such file is worse than another.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that reports")]

mod callgrind;
mod cases;
mod generated;
mod linkers;
mod measure;
mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What went wrong, to be printed.
type Failure = Box<dyn std::error::Error>;

const USAGE: &str = "usage: cargo bench --bench link -- [options]
  --cases A,B       only cases whose name contains one of these words
  --linkers A,B     of sinew, lld, mold, wild, bfd (all but bfd); or NAME=PATH, a build of sinew
  --threads N       threads for each linker (as many as there are cores)
  --runs N          rounds (21, 15 or 7, by case)
  --output KIND     old: there is an output to replace; new: there is none; both (the default)
  --json FILE       where the numbers go (target/tmp/link/results.json, or instructions.json)
  --callgrind       count the instructions of the small cases with valgrind instead of measuring time
  --compare OLD NEW compare two files of numbers; fails if sinew became slower
  --limit PERCENT   by how much at least (10)
environment:
  SINEW_BENCH_PEERS    folder with ld.lld, ld.mold, ld.wild, ld.bfd; otherwise PATH is searched
  SINEW_BENCH_RSP      response file of a recorded link, for the case large_link
  SINEW_BENCH_UNITS    source files of the runtime cases (24)
  SINEW_BENCH_OBJECTS, SINEW_BENCH_FUNCTIONS    objects of the generated case and functions in each (500, 400)
  CC, CXX              compilers that prepare the cases (cc, c++)";

#[derive(Debug)]
struct Options {
    cases: Vec<String>,
    linkers: Vec<String>,
    threads: usize,
    runs: Option<usize>,
    outputs: Vec<measure::OutputKind>,
    json: Option<PathBuf>,
    callgrind: bool,
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
    // `cargo test --benches` starts benches without this word, and wants to know no more than that they start.
    if args.is_empty() {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let result = match options(args.into_iter()) {
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
        json: None,
        callgrind: false,
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
            "--json" => options.json = Some(args.next()?.into()),
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

fn run(options: &Options) -> Result<bool, Failure> {
    if let Some((old, new)) = &options.compare {
        return report::compare(old, new, options.limit);
    }
    std::fs::create_dir_all(work_folder().join("out"))?;
    let linkers = linkers::find(&options.linkers)?;
    let mut records = Vec::new();
    report::print_head(&linkers, options.threads);
    let is_wanted = |name: &str| options.cases.is_empty() || options.cases.iter().any(|word| name.contains(word));
    for recipe in cases::ALL.iter().filter(|recipe| is_wanted(recipe.name)) {
        if options.callgrind && !recipe.is_small {
            continue;
        }
        let case = match (recipe.prepare)(&work_folder().join(recipe.name)) {
            Ok(case) => case,
            Err(error) => {
                println!("\n**{}**: left out: {error}", recipe.name);
                continue;
            }
        };
        if options.callgrind {
            records.extend(callgrind::count(recipe.name, &case, &linkers)?);
            continue;
        }
        for kind in &options.outputs {
            let plan = measure::Plan {
                name: recipe.name,
                output: *kind,
                threads: options.threads,
                runs: options.runs.unwrap_or(recipe.runs),
            };
            let rows = measure::case(&plan, &case, &linkers)?;
            report::print_case(&plan, &rows);
            records.extend(rows);
        }
    }
    let default = if options.callgrind { "instructions.json" } else { "results.json" };
    let json = options.json.clone().unwrap_or_else(|| work_folder().join(default));
    report::write_json(&json, &linkers, &records)?;
    println!("\nLoad average at the end: {}. Numbers: {}", report::load(), json.display());
    Ok(true)
}
