//! One link many times, each with another number of threads: the output must be the same to the byte.
//!
//! What a race would change shows here before it shows anywhere else, given inputs that are large enough for each
//! parallel region to have work for all threads.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use sinew::base::sha256::sha256;

use crate::Failure;
use crate::cases::Case;
use crate::linkers::Linker;
use crate::measure::{check_output, output_path};
use crate::passes::link;
use crate::report::Report;

/// More threads than most machines have cores: preempted threads meet in more ways.
const MOST_THREADS: u64 = 32;

/// Links `times` times and says the hash. False if there are several.
pub(crate) fn check(
    name: &str,
    case: &Case,
    sinew: &Linker,
    times: usize,
    report: &mut Report,
) -> Result<bool, Failure> {
    let output = output_path(name, "hashed");
    // Threads of the links that made each output.
    let mut seen: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut state = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |time| time.as_nanos() as u64 | 1);
    for number in 0..times {
        // Xorshift (Marsaglia 2003): nobody depends on it but the choice of thread counts. One thread comes first.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let threads = if number == 0 { 1 } else { (state % MOST_THREADS + 1) as usize };
        // Every second one replaces an output.
        if number % 2 == 0 {
            let _ = fs::remove_file(&output);
        }
        link(threads, case, sinew, &output, &[])?;
        check_output(&output, case.format)?;
        let hash = sha256(&fs::read(&output)?).iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a string grows as needed");
            text
        });
        seen.entry(hash).or_default().push(threads);
    }
    let _ = fs::remove_file(&output);
    match seen.len() {
        1 => seen.keys().for_each(|hash| report.say(&format!("{name}: {times} links, one hash: {hash}"))),
        several => {
            report.say(&format!("{name}: {times} links, {several} hashes:"));
            seen.iter().for_each(|(hash, threads)| report.say(&format!("  {hash} with threads {threads:?}")));
        }
    }
    Ok(seen.len() == 1)
}
