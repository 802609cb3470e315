//! What is printed, what is a warning, and how the linker itself runs.

use super::super::parse::Print;
use super::{Flag, optional, plain, switch, value};

pub(super) const FLAGS: &[Flag] = &[
    plain(&["--help", "--help-hidden"], "print this and stop", |l| l.print = Some(Print::Help)),
    // meson takes a linker that answers this for one of those that it knows; see `parse`.
    plain(&["--version"], "as the only argument: print the version and stop", |l| l.asked_for_version = true),
    plain(&["-v"], "print the version and search paths, and link when there are inputs", |l| {
        (l.version, l.args.verbose) = (true, true);
    }),
    plain(&["-version_details"], "print the version as JSON and stop", |l| l.print = Some(Print::Details)),
    value(&["-map"], "FILE", "write a link map", |l, v| {
        l.args.map = Some(v.path());
        Ok(())
    }),
    value(&["-dependency_info"], "FILE", "write the names of files that were read, looked for and written", |l, v| {
        l.args.dependency_info = Some(v.path());
        Ok(())
    }),
    plain(&["-t", "-whatsloaded"], "print each file that is linked", |l| l.args.trace = true),
    plain(&["--print-dylib-search"], "print where dylibs were looked for", |l| l.args.print_dylib_search = true),
    switch(&["-demangle"], "show C++, Rust and Swift names readably in messages", |l, on| l.args.demangle = on),
    plain(&["--verbose"], "say what is done", |l| l.args.verbose = true),
    plain(&["-w"], "no warnings", |l| l.args.no_warnings = true),
    switch(&["-fatal_warnings", "--fatal-warnings"], "warnings are errors", |l, on| l.args.fatal_warnings = on),
    plain(&["-arch_errors_fatal"], "a file for another machine is an error", |l| l.args.arch_errors_fatal = true),
    plain(&["-no_arch_warnings"], "pass over files for other machines in silence", |l| l.args.no_arch_warnings = true),
    value(&["--error-limit"], "N", "stop after N errors (default 20, 0 is no limit)", |l, v| {
        l.args.error_limit = v.count()?;
        Ok(())
    }),
    optional(&["--color-diagnostics"], "WHEN", "colours in messages: always, never or auto (default)", |l, v| {
        let choices = [("always", Some(true)), ("never", Some(false)), ("auto", None)];
        l.color = v.map_or(Ok(Some(true)), |v| v.choice(&choices))?;
        Ok(())
    }),
    plain(&["--no-color-diagnostics"], "no colours in messages", |l| l.color = Some(false)),
    switch(&["--time"], "print the time that each pass takes", |l, on| l.args.time = on),
    plain(&["-print_statistics"], "as --time", |l| l.args.time = true),
    optional(
        &["--threads"],
        "N",
        "use at most N threads (default: as many as there are processors, up to 32)",
        |l, v| {
            l.args.threads = v.map(|v| v.threads()).transpose()?;
            Ok(())
        },
    ),
    value(&["-j"], "N", "as --threads=N", |l, v| {
        l.args.threads = Some(v.threads()?);
        Ok(())
    }),
    plain(&["--no-threads"], "as --threads=1", |l| l.args.threads = Some(1)),
    switch(&["--fork"], "return as soon as the output is complete (default)", |l, on| l.args.fork = on),
    // Named in no document: a region of the link runs in parallel only where there is enough to do, and tests of the
    // parallel code have small inputs.
    value(&["--inline-below"], "BYTES", "", |l, v| {
        l.args.inline_below = v.count()? as u64;
        Ok(())
    }),
    value(&["-object_path_lto"], "FILE", "accepted: where the object of link-time optimisation would stay", |l, v| {
        l.args.object_path_lto = Some(v.path());
        Ok(())
    }),
];
