//! What is printed, and how the linker itself runs.

use super::super::parse::Print;
use super::{Flag, optional, plain, switch, value};

pub(super) const FLAGS: &[Flag] = &[
    plain(&["--help", "--target-help"], "print this and stop", |l| l.print = Some(Print::Help)),
    plain(&["--version"], "print the version and stop", |l| l.print = Some(Print::Version)),
    plain(&["-v"], "print the version, and link when there are inputs", |l| l.version = true),
    plain(&["-V"], "as -v, and print the supported emulations", |l| (l.version, l.emulations) = (true, true)),
    plain(&["--print-output-format"], "print the output format and stop", |l| {
        l.print = Some(Print::Text("elf64-x86-64".into()));
    }),
    plain(&["--print-sysroot"], "print --sysroot and stop", |l| {
        l.print = Some(Print::Text(l.args.sysroot.display().to_string()));
    }),
    value(&["-Map"], "FILE", "write a link map; - is standard output, a folder gets OUTPUT.map", |l, v| {
        l.args.map = Some((v.raw != "-").then(|| v.path()));
        Ok(())
    }),
    plain(&["-M", "--print-map"], "write a link map to standard output", |l| l.args.map = Some(None)),
    switch(&["--cref"], "list where each symbol is defined and used", |l, on| l.args.cref = on),
    plain(&["-t", "--trace"], "print each file that is linked", |l| l.args.trace = true),
    value(&["-y", "--trace-symbol"], "SYMBOL", "print the files that define or use SYMBOL", |l, v| {
        l.args.trace_symbols.push(v.text()?);
        Ok(())
    }),
    optional(&["--verbose"], "N", "say what is done", |l, _| {
        l.args.verbose = true;
        Ok(())
    }),
    switch(&["--time"], "print the time that each pass takes", |l, on| l.args.time = on),
    optional(&["--time-trace"], "FILE", "write them as Chrome's trace events; default OUTPUT.time-trace", |l, v| {
        l.args.time_trace = Some(v.map(|v| v.path()));
        Ok(())
    }),
    switch(&["--stats", "--perf"], "print how much of everything there is", |l, on| l.args.stats = on),
    optional(
        &["--threads"],
        "N",
        "use at most N threads (default: as many as there are processors, up to 32)",
        |l, v| {
            l.args.threads = v.map(|v| v.threads()).transpose()?;
            Ok(())
        },
    ),
    value(&["-j", "--thread-count"], "N", "as --threads=N", |l, v| {
        l.args.threads = Some(v.threads()?);
        Ok(())
    }),
    plain(&["--no-threads"], "as --threads=1", |l| l.args.threads = Some(1)),
    switch(&["--fork"], "return as soon as the output is complete (default)", |l, on| l.args.fork = on),
    // Named in no document: a region of the link runs in parallel only where there is enough to do, and tests of the
    // parallel code have small inputs.
    value(&["--inline-below"], "BYTES", "", |l, v| {
        l.args.inline_below = v.number()?;
        Ok(())
    }),
    value(&["--plugin"], "PATH", "accepted: read only when an input holds compiler IR", |l, v| {
        l.args.plugin = Some(v.raw.display().to_string());
        Ok(())
    }),
];
