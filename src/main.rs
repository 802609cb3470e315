//! The command: argv → args → link → exit code.
//!
//! The program's name, `-flavor` or `run` decide what to be. What the operating system is asked for beyond `std` (how
//! many processors, leaving without tearing down) is asked for in the last section of this file.

#![cfg_attr(not(test), no_main)]

mod run;

use sinew::args::elf::{self as elf_args, Args, Command};
use sinew::args::macho as macho_args;
use sinew::args::personality::{self, Personality};
use sinew::base::diag::{Diag, Reported, Shape, Style};
use sinew::base::par::{Par, STARTING};
use sinew::base::report;
use sinew::base::session::{Host, Rest, Session};
use sinew::base::time::Times;
use sinew_mmap::heap::Heap;
use sinew_mmap::process::Detached;
use sinew_mmap::workers::{self, Crew};
use std::cell::RefCell;
use std::ffi::OsString;
use std::io::Write;
use std::panic::{self, PanicHookInfo};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// Arrays of a large link in huge pages.
#[global_allocator]
static HEAP: Heap = Heap::new();

#[cfg(not(test))]
sinew_mmap::entry!(crate::start);

#[cfg_attr(test, allow(dead_code, reason = "tests begin elsewhere"))]
fn start(argv: Vec<OsString>) -> u8 {
    panic::set_hook(Box::new(report_panic));
    // Unwinding drops the output, which removes its temporary file.
    let code = panic::catch_unwind(|| command(argv)).unwrap_or(FAILED);
    leave(code)
}

/// The exit status of everything that goes wrong.
const FAILED: u8 = 1;

fn command(argv: Vec<OsString>) -> u8 {
    let mut args = argv.into_iter();
    let program = args.next().unwrap_or_else(|| OsString::from("sinew"));
    let mut args: Vec<OsString> = args.collect();
    match personality::of(&program, &mut args) {
        Ok(Personality::Elf) => elf(args),
        Ok(Personality::MachO) => macho(args),
        Ok(Personality::Run) => run::command(args).unwrap_or_else(|failure| {
            fail(&[failure.text]);
            failure.code
        }),
        Ok(Personality::CompilerDriver) => fail(&[run::compiler_driver(args)]),
        Err(error) => fail(&[error]),
    }
}

fn elf(argv: Vec<OsString>) -> u8 {
    let parsed = match elf_args::parse(argv) {
        Ok(parsed) => parsed,
        Err(errors) => return fail(&errors),
    };
    match parsed.command {
        Command::Link(args) => link_elf(&args, &parsed.warnings),
        Command::Help => print(&elf_args::help()),
        Command::Print(line) => print(&format!("{line}\n")),
        Command::Version { emulations, then_link } => {
            let emulations = if emulations { elf_args::emulations() } else { "" };
            print(&format!("{}\n{emulations}", elf_args::VERSION));
            then_link.map_or(0, |args| link_elf(&args, &parsed.warnings))
        }
    }
}

fn link_elf(args: &Args, warnings: &[String]) -> u8 {
    let style = Style {
        shape: Shape::Own,
        color: args.color,
        fatal_warnings: args.fatal_warnings,
        no_warnings: args.no_warnings,
        error_limit: args.error_limit,
        no_inhibit_exec: args.no_inhibit_exec,
    };
    let run = Run {
        threads: args.threads,
        inline_below: args.inline_below,
        time: args.time,
        trace: args.time_trace_file(),
        fork: args.fork,
    };
    drive(run, style, warnings, |cx, host| sinew::elf::link(args, cx, host))
}

fn macho(argv: Vec<OsString>) -> u8 {
    let parsed = match macho_args::parse(argv) {
        Ok(parsed) => parsed,
        Err(errors) => return fail_as(Shape::Apple, &errors),
    };
    match parsed.command {
        macho_args::Command::Link(args) => link_macho(&args, &parsed.warnings),
        macho_args::Command::Help => print(&macho_args::help()),
        macho_args::Command::Print(line) => print(&format!("{line}\n")),
        macho_args::Command::Version { args, link } => {
            say(&format!("{}\n{}", macho_args::VERSION, args.search_report(|path| path.is_dir())));
            if link { link_macho(&args, &parsed.warnings) } else { 0 }
        }
    }
}

fn link_macho(args: &macho_args::Args, warnings: &[String]) -> u8 {
    let style = Style {
        shape: Shape::Apple,
        color: args.color,
        fatal_warnings: args.fatal_warnings,
        no_warnings: args.no_warnings,
        error_limit: args.error_limit,
        no_inhibit_exec: false,
    };
    let run =
        Run { threads: args.threads, inline_below: args.inline_below, time: args.time, trace: None, fork: args.fork };
    drive(run, style, warnings, |cx, host| sinew::macho::link(args, cx, host))
}

/// How a link runs, whatever its format.
struct Run {
    threads: Option<usize>,
    inline_below: u64,
    time: bool,
    trace: Option<PathBuf>,
    fork: bool,
}

/// Runs `link` with its services, and leaves with its exit status.
fn drive(
    run: Run,
    style: Style,
    warnings: &[String],
    link: impl FnOnce(&Session, Host<'_>) -> Result<(), Reported>,
) -> u8 {
    let threads = run.threads.unwrap_or_else(default_threads).max(1);
    workers::scope(threads - 1, run.inline_below.saturating_mul(STARTING), |crew| {
        let cx = Session {
            par: Par::new(threads, run.inline_below).with_workers(crew.workers()),
            diag: Diag::new(style),
            time: Times::new(run.time || run.trace.is_some()),
        };
        warnings.iter().for_each(|warning| cx.diag.warn(warning));
        link_and_leave(&run, &cx, crew, link)
    })
}

/// What [`drive`] does with its threads around it. Never returns.
fn link_and_leave(
    run: &Run,
    cx: &Session,
    crew: &Crew<'_, '_>,
    link: impl FnOnce(&Session, Host<'_>) -> Result<(), Reported>,
) -> ! {
    sinew_mmap::fault::install();
    let detached = RefCell::new(None);
    let finish = |linked: bool, rest: Option<Rest<'_>>| -> ! {
        // A link that failed may not have got as far as asking whether the file is one of its inputs.
        let trace = run.trace.as_ref().filter(|_| linked);
        let trace = trace.map_or(Ok(()), |path| report::write(path, cx.time.trace().as_bytes(), cx));
        let said = cx.diag.checkpoint().and(trace);
        if run.time {
            say(&cx.time.table());
        }
        let code = if linked && said.is_ok() { 0 } else { FAILED };
        match detached.take() {
            Some(worker) => Detached::finish(worker, code.into(), || drop(rest)),
            None => {
                rest.into_iter().for_each(|rest| rest.release(&cx.par));
                leave(code)
            }
        }
    };
    // Left from inside, and not by returning: nothing that the link holds need be given back one by one.
    let mut opened = |bytes| {
        // Without a second process the caller just waits for the end of the first one.
        if run.fork && bytes >= WORTH_DETACHING {
            *detached.borrow_mut() = sinew_mmap::process::detach().ok();
        }
        crew.allow();
    };
    let linked = link(cx, Host { opened: &mut opened, done: &mut |rest| finish(true, Some(rest)) });
    finish(linked.is_ok(), None)
}

/// Bytes of input from which unmapping them takes longer than a fork.
const WORTH_DETACHING: u64 = 64 << 20;

/// Errors that come before there is a session to collect them.
fn fail(errors: &[String]) -> u8 {
    fail_as(Shape::Own, errors)
}

fn fail_as(shape: Shape, errors: &[String]) -> u8 {
    let diag = Diag::new(Style { shape, ..Style::default() });
    errors.iter().enumerate().for_each(|(order, error)| diag.error_at(order as u64, error));
    let _ = diag.checkpoint();
    FAILED
}

/// An assertion of ours that failed: the first one is told, whichever thread it was on.
fn report_panic(info: &PanicHookInfo<'_>) {
    static TOLD: AtomicBool = AtomicBool::new(false);
    if TOLD.swap(true, Relaxed) {
        return;
    }
    let payload = info.payload();
    let message = payload.downcast_ref::<&str>().copied().map(str::to_owned);
    let message = message.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "panic".into());
    let place = info.location().map(|at| format!(" at {}:{}", at.file(), at.line())).unwrap_or_default();
    say(&format!(
        "sinew: internal error: {message}{place}; please report this, with the command line and {}\n",
        elf_args::VERSION
    ));
    let backtrace = std::backtrace::Backtrace::capture();
    if backtrace.status() == std::backtrace::BacktraceStatus::Captured {
        say(&format!("{backtrace}\n"));
    }
}

/// What was asked for, on standard output.
fn print(text: &str) -> u8 {
    match sinew::base::stdout::print(text.as_bytes()) {
        Ok(()) => 0,
        Err(error) => fail(&[format!("cannot write standard output: {error}")]),
    }
}

/// What belongs to no message, on standard error.
fn say(text: &str) {
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

// The operating system: the one place to put what the `mmap` crate knows better than `std`.

/// As many threads as this process may run at once. Beyond 32 a link waits for memory.
fn default_threads() -> usize {
    sinew_mmap::process::available_threads().min(32)
}

/// Ends the process; whatever is still alive is left to the kernel.
fn leave(code: u8) -> ! {
    sinew_mmap::process::exit_now(code.into())
}
