//! The engines that decide how fast a link is, each for itself: names, ranks, strings, relocations, hashes.
//!
//! `cargo bench --bench micro -- [WORD...]`: only measurements whose name holds one of the words. Engines of
//! `base` run on data made for them; passes of the two back-ends run inside links of generated objects, for which an
//! assembler is needed. All on one thread, warm, medians of 15 samples. What a whole link takes is for the bench `link`.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that reports")]

#[path = "../cases/mod.rs"]
#[allow(dead_code, reason = "another bench uses the rest")]
mod cases;
mod engines;
mod passes;
mod timing;

use std::path::Path;
use std::process::ExitCode;

use cases::{Failure, Format};
use sinew_mmap::heap::Heap;
use timing::Effort;

/// As in the program: what an engine allocates comes from where it comes in a link.
#[global_allocator]
static HEAP: Heap = Heap::new();

/// How much one run of a measurement does.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Work {
    pub(crate) items: u64,
    /// What an item is; nothing is counted where this is empty.
    pub(crate) item: &'static str,
    /// Zero where bytes are not what it is about.
    pub(crate) bytes: u64,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    // `cargo test --bench micro` leaves out `--bench`: once through is enough then.
    let is_measuring = args.iter().any(|arg| arg == "--bench");
    let words: Vec<&String> = args.iter().filter(|arg| !arg.starts_with('-')).collect();
    match measure(is_measuring, &words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("micro bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(is_measuring: bool, words: &[&String]) -> Result<(), Failure> {
    let is_wanted = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(word.as_str()));
    let effort = if is_measuring { Effort::USUAL } else { Effort::LEAST };
    println!("| | time | each | MB/s |\n|---|--:|--:|--:|");
    engines::measure(effort, &is_wanted).into_iter().for_each(print);
    if !is_measuring {
        return Ok(());
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("micro");
    std::fs::create_dir_all(&folder)?;
    for format in [Format::Elf, Format::MachO] {
        match cases::for_passes(format, &folder) {
            Ok(case) => {
                let rows = passes::measure(format, &case, &folder)?;
                rows.into_iter().filter(|(name, ..)| is_wanted(name)).for_each(print);
            }
            Err(error) => println!("\nPasses of {} links are left out: {error}\n", format.name()),
        }
    }
    Ok(())
}

fn print((name, ns, work): (String, f64, Work)) {
    let each = if work.items > 0 { format!("{} / {}", time(ns / work.items as f64), work.item) } else { String::new() };
    let rate = if work.bytes > 0 { format!("{:.0}", work.bytes as f64 / ns * 1e3) } else { String::new() };
    println!("| {name} | {} | {each} | {rate} |", time(ns));
}

fn time(ns: f64) -> String {
    match ns {
        0.0..1e3 => format!("{ns:.1} ns"),
        1e3..1e6 => format!("{:.1} µs", ns / 1e3),
        _ => format!("{:.2} ms", ns / 1e6),
    }
}
