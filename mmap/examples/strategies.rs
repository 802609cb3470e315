//! Measures what the ways to write an output cost: `cargo run --release -p sinew-mmap --example strategies [FOLDER]`.
//!
//! 200 MB in jobs of 256 KiB, on 1 and 2 threads, with and without an old output to replace. Each is the median of
//! several runs, in milliseconds of wall time: create, fill, commit, and what the leftover takes to drop.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Instant;

use sinew_mmap::output::{Output, Scratch, Strategy};

const SIZE: u64 = 200_000_000;
const JOB_SIZE: u64 = 256 << 10;
const RUNS: usize = 7;

#[allow(clippy::print_stdout, reason = "that is what this program is for")]
fn main() {
    let folder = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let path = folder.join(format!("sinew-strategies-{}", std::process::id()));
    println!("{:14} {:7} {:9} create   fill commit leftover  total   cpu", "strategy", "threads", "target");
    for strategy in [Strategy::Map, Strategy::MapPopulated, Strategy::Pwrite] {
        for threads in [1, 2] {
            for replace in [false, true] {
                let mut runs: Vec<[f64; 6]> = (0..RUNS).map(|_| once(&path, strategy, threads, replace)).collect();
                runs.sort_by(|a, b| a[4].total_cmp(&b[4]));
                let [create, fill, commit, leftover, total, cpu] = runs[RUNS / 2];
                let (name, target) = (format!("{strategy:?}"), if replace { "replaced" } else { "new" });
                println!(
                    "{name:14} {threads:7} {target:9} {create:6.1} {fill:6.1} {commit:6.1} {leftover:8.1} {total:6.1} {cpu:5.0}"
                );
            }
        }
    }
    let _ = std::fs::remove_file(&path);
}

fn once(path: &Path, strategy: Strategy, threads: usize, replace: bool) -> [f64; 6] {
    if !replace {
        let _ = std::fs::remove_file(path);
    }
    // What a link copies: bytes that are in memory, more of them than fit into a cache.
    let source: Vec<u8> = (0..SIZE).map(|i| (i >> 3) as u8).collect();
    let ms = |since: Instant| since.elapsed().as_secs_f64() * 1e3;
    let cpu_before = cpu_ms();
    let begin = Instant::now();
    let mut output = Output::create_with(path, SIZE, true, strategy).expect("the folder can be written");
    let create = ms(begin);
    let start = Instant::now();
    let ranges: Vec<_> = (0..SIZE.div_ceil(JOB_SIZE)).map(|i| i * JOB_SIZE..SIZE.min((i + 1) * JOB_SIZE)).collect();
    let jobs = Mutex::new(output.carve(&ranges).expect("nothing to clear").into_iter());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut scratch = Scratch::new();
                while let Some(slot) = { jobs.lock().expect("no panics").next() } {
                    let range = slot.range();
                    let bytes = &source[range.start as usize..range.end as usize];
                    slot.fill(&mut scratch, |to| to.copy_from_slice(bytes)).expect("the disk has room");
                }
            });
        }
    });
    drop(jobs);
    let fill = ms(start);
    let start = Instant::now();
    let left = output.commit().expect("the folder can be written");
    let (commit, total, cpu) = (ms(start), ms(begin), cpu_ms() - cpu_before);
    let start = Instant::now();
    drop(left);
    [create, fill, commit, ms(start), total, cpu]
}

/// Processor time of this process so far.
fn cpu_ms() -> f64 {
    // SAFETY: all zero is a valid `rusage`, and there is room for one.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    let ms = |time: libc::timeval| time.tv_sec as f64 * 1e3 + time.tv_usec as f64 / 1e3;
    ms(usage.ru_utime) + ms(usage.ru_stime)
}
