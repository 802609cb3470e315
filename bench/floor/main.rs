//! The floor under a link: what it costs to touch everything of it once, on one thread, and decide nothing.
//!
//! `cargo bench --bench floor -- [--runs N] [--everything] [--non-alloc] [--populate] LINK.rsp` reads a recorded link,
//! maps its files, finds, hashes and looks up each global name, reads each relocation, copies the sections of the
//! members that the link takes and patches a place for each relocation. A linker that takes a multiple of this spends
//! the rest on second passes, pointers, wide records and page faults; the table says where the floor is.
//!
//! Each run maps the files anew, so that page faults are paid where a link pays them; medians are printed.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that reports")]

mod elf;
mod names;
mod recorded;
mod steps;
mod taken;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use recorded::Recorded;
use sinew_mmap::input::Advice;
use steps::Target;
use taken::Taken;

const USAGE: &str = "usage: cargo bench --bench floor -- [--runs N] [--everything] [--non-alloc] [--populate] LINK.rsp
  --runs N       measure each way to write N times (5)
  --everything   copy every member and every COMDAT group, not only what the link takes
  --non-alloc    copy debug sections too
  --populate     have the kernel map all pages of an input at once";

#[derive(Debug, Default)]
struct Options {
    link: PathBuf,
    runs: usize,
    everything: bool,
    non_alloc: bool,
    populate: bool,
}

fn main() -> ExitCode {
    let Some(options) = options(std::env::args().skip(1)) else {
        // `cargo bench` without arguments runs every bench: nothing was recorded, nothing is measured.
        println!("floor: no recorded link given\n{USAGE}");
        return ExitCode::SUCCESS;
    };
    match measure(&options) {
        Ok(()) => ExitCode::SUCCESS,
        // `cargo bench` runs every bench on what the environment names.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => {
            println!("floor: {error}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("floor: {error}");
            ExitCode::FAILURE
        }
    }
}

fn options(mut args: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options { runs: 5, ..Options::default() };
    // The bench `link` takes several, with names.
    let named: Vec<PathBuf> = std::env::var_os("SINEW_BENCH_RSP").iter().flat_map(std::env::split_paths).collect();
    let mut link = named.into_iter().next().filter(|path| path.is_file());
    while let Some(arg) = args.next() {
        match arg.as_str() {
            // What cargo says to every bench.
            "--bench" => {}
            "--runs" => options.runs = args.next()?.parse().ok().filter(|runs| *runs > 0)?,
            "--everything" => options.everything = true,
            "--non-alloc" => options.non_alloc = true,
            "--populate" => options.populate = true,
            _ if arg.starts_with('-') => return None,
            _ => link = Some(arg.into()),
        }
    }
    options.link = link?;
    Some(options)
}

/// What one step of one run cost.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    milliseconds: f64,
    faults: i64,
}

fn timed<R>(cost: &mut Cost, step: impl FnOnce() -> R) -> R {
    let (faults, start) = (fault_count(), Instant::now());
    let result = step();
    *cost = Cost { milliseconds: start.elapsed().as_secs_f64() * 1e3, faults: fault_count() - faults };
    result
}

fn fault_count() -> i64 {
    getrusage(UsageWho::RUSAGE_SELF).map_or(0, |usage| usage.minor_page_faults())
}

/// One run's steps: map, symbols, relocations, copy.
type Run = [Cost; 4];

fn measure(options: &Options) -> io::Result<()> {
    let recorded = Recorded::read(&options.link)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", options.link.display())))?;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("floor");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("output-{}", std::process::id()));
    let mut taken = None;
    let mut runs: Vec<(Target, Run)> = Vec::new();
    // The first run reads from disk what is not in memory yet and leaves a file behind; it does not count.
    once(options, &recorded, (Target::OldFile, &path), &mut taken)?;
    for _ in 0..options.runs {
        for target in Target::ALL {
            runs.push((target, once(options, &recorded, (target, &path), &mut taken)?));
        }
    }
    std::fs::remove_file(&path)?;
    print_costs(&runs);
    Ok(())
}

fn once(options: &Options, recorded: &Recorded, target: (Target, &Path), taken: &mut Option<Taken>) -> io::Result<Run> {
    let malformed = |error: sinew::base::view::Malformed| io::Error::new(io::ErrorKind::InvalidData, error.to_string());
    let mut run = Run::default();
    let inputs = timed(&mut run[0], || {
        let inputs = recorded.open()?;
        if options.populate {
            inputs.iter().for_each(|input| input.advise(Advice::PopulateRead));
        }
        io::Result::Ok(inputs)
    })?;
    let symbols = timed(&mut run[1], || steps::symbols(&inputs)).map_err(malformed)?;
    let is_first = taken.is_none();
    let taken = match taken {
        Some(taken) => taken,
        None => taken.insert(taken::select(&symbols, options.everything, options.non_alloc).map_err(malformed)?),
    };
    let relocation_count = timed(&mut run[2], || steps::relocations(&symbols, taken)).map_err(malformed)?;
    let jobs = steps::jobs(taken);
    if matches!(target.0, Target::NewFile | Target::NewMap) {
        // A large one that nobody uses would be filled again. To free it is no part of the floor.
        std::fs::remove_file(target.1)?;
    }
    drop(timed(&mut run[3], || steps::copy(&symbols, taken, &jobs, target))?);
    if is_first {
        let input_size: usize = inputs.iter().map(|input| input.bytes().len()).sum();
        println!("| count | |\n|---|--:|");
        println!("| files | {} |\n| input bytes | {input_size} |", inputs.len());
        println!("| objects | {} |\n| objects linked | {} |", symbols.objects.len(), taken.object_count);
        println!("| symbols | {} |\n| global symbols | {} |", symbols.symbol_count, symbols.occurrence_count());
        println!("| bytes of global names | {} |\n| different names | {} |", symbols.name_size, symbols.names.len());
        println!("| sections copied | {} |\n| relocations | {relocation_count} |", taken.pieces.len());
        println!("| output bytes | {} |\n", taken.output_size);
    }
    Ok(run)
}

fn print_costs(runs: &[(Target, Run)]) {
    println!("One thread; medians of {} runs a target, {} for the other steps.\n", runs.len() / 4, runs.len());
    println!("| step | ms | page faults | total ms |\n|---|--:|--:|--:|");
    let mut shared = 0.0;
    for (step, name) in ["map", "symbols, names", "relocations"].into_iter().enumerate() {
        let cost = median(runs.iter().map(|(_, run)| run[step]));
        println!("| {name} | {:.1} | {} | |", cost.milliseconds, cost.faults);
        shared += cost.milliseconds;
    }
    for target in Target::ALL {
        let cost = median(runs.iter().filter(|(of, _)| *of == target).map(|(_, run)| run[3]));
        let total = shared + cost.milliseconds;
        println!("| copy, patch: {} | {:.1} | {} | {total:.1} |", target.name(), cost.milliseconds, cost.faults);
    }
}

fn median(costs: impl Iterator<Item = Cost>) -> Cost {
    let mut costs: Vec<Cost> = costs.collect();
    costs.sort_by(|a, b| a.milliseconds.total_cmp(&b.milliseconds));
    costs[costs.len() / 2]
}
