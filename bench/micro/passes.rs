//! What the passes of a link take for each symbol, relocation or byte: a link of generated objects inside this process,
//! on one thread, again and again. The passes themselves say how long they took, as for `--time`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use sinew::args;
use sinew::base::diag::{Diag, Reported};
use sinew::base::par::Par;
use sinew::base::session::{Host, Session};
use sinew::base::time::{Phase, Times};
use sinew_arena::Bump;

use crate::Work;
use crate::cases::{Case, Failure, Format};
use crate::timing::median;

/// The first links fill caches and teach the allocator.
const WARM_UP: usize = 3;
const LINKS: usize = 15;

/// Medians of all passes, and the work of those that have one to count.
pub(crate) fn measure(format: Format, case: &Case, folder: &Path) -> Result<Vec<(String, f64, Work)>, Failure> {
    let output = folder.join("passes.out");
    let (mut argv, mut runs): (Vec<OsString>, Vec<Vec<Phase>>) =
        (case.args.iter().map(OsString::from).collect(), Vec::new());
    argv.extend(["-o".into(), output.clone().into()]);
    for number in 0..WARM_UP + LINKS {
        let cx = Session { par: Par::new(1, 0), diag: Diag::default(), time: Times::new(true) };
        link(format, argv.clone(), &cx)?;
        if number >= WARM_UP {
            runs.push(cx.time.phases());
        }
    }
    let counts = Counts::of(format, &argv, fs::metadata(&output)?.len())?;
    fs::remove_file(output)?;
    let rows = runs[0].iter().enumerate().map(|(index, pass)| {
        let ns = median(runs.iter().map(|run| run[index].wall.as_secs_f64() * 1e9));
        (format!("{}: {}", format.name(), pass.name), ns, counts.work(pass.name))
    });
    Ok(rows.collect())
}

fn link(format: Format, argv: Vec<OsString>, cx: &Session) -> Result<(), Failure> {
    let failed = |_: Reported| {
        let _ = cx.diag.checkpoint();
        Failure::from("the link fails")
    };
    // What is left over is freed here, and not timed.
    let host = Host { opened: &mut |_| {}, done: &mut |rest| drop(rest) };
    match format {
        Format::Elf => match args::elf::parse(argv).map_err(|errors| errors.join("; "))?.command {
            args::elf::Command::Link(args) => sinew::elf::link(&args, cx, host).map_err(failed),
            _ => Err("this is not a link".into()),
        },
        Format::MachO => match args::macho::parse(argv).map_err(|errors| errors.join("; "))?.command {
            args::macho::Command::Link(args) => sinew::macho::link(&args, cx, host).map_err(failed),
            _ => Err("this is not a link".into()),
        },
    }
}

/// How much there is in the objects of a link.
#[derive(Debug, Default)]
struct Counts {
    files: u64,
    symbols: u64,
    relocations: u64,
    strings: u64,
    string_bytes: u64,
    output_bytes: u64,
}

impl Counts {
    fn of(format: Format, argv: &[OsString], output_bytes: u64) -> Result<Counts, Failure> {
        let mut counts = Counts { output_bytes, ..Counts::default() };
        let words = args::response::expand(argv.to_vec())?;
        let objects = words.iter().map(PathBuf::from).filter(|word| word.extension().is_some_and(|end| end == "o"));
        for path in objects {
            let (bytes, arena) = (fs::read(&path)?, Bump::new());
            counts.files += 1;
            let mut strings = |bytes: &[u8]| {
                counts.string_bytes += bytes.len() as u64;
                counts.strings += memchr::memchr_iter(0, bytes).count() as u64;
            };
            match format {
                Format::Elf => {
                    use sinew::elf::format::SHF_STRINGS;
                    let object = sinew::elf::object::parse(&bytes, &arena).map_err(|error| error.to_string())?;
                    for (index, section) in object.sections.iter().enumerate() {
                        let index = index as u32;
                        counts.relocations +=
                            object.relocations(index).map_or(0, |relocations| relocations.len() as u64);
                        if section.flags.get() & SHF_STRINGS != 0 {
                            strings(object.section_bytes(index).unwrap_or_default());
                        }
                    }
                    counts.symbols += (object.symbols.len() - object.first_global as usize) as u64;
                }
                Format::MachO => {
                    use sinew::macho::format::N_EXT;
                    use sinew::macho::object::Role;
                    let object = sinew::macho::object::parse(&bytes, &arena).map_err(|error| error.to_string())?;
                    for (index, _) in object.roles.iter().enumerate().filter(|(_, role)| **role == Role::Strings) {
                        strings(object.section_bytes(index as u32));
                    }
                    counts.relocations += object.relocations.iter().map(|list| list.len() as u64).sum::<u64>();
                    counts.symbols += object.symbols.iter().filter(|symbol| symbol.kind & N_EXT != 0).count() as u64;
                }
            }
        }
        Ok(counts)
    }

    /// What a pass of this name goes through.
    fn work(&self, pass: &str) -> Work {
        match pass {
            "open files" | "parse headers" => Work { items: self.files, item: "file", bytes: 0 },
            "intern names" | "resolve symbols" => Work { items: self.symbols, item: "global symbol", bytes: 0 },
            "merge strings" | "merge literals" => {
                Work { items: self.strings, item: "string", bytes: self.string_bytes }
            }
            "scan relocations" => Work { items: self.relocations, item: "relocation", bytes: 0 },
            "copy and relocate" => Work { items: self.relocations, item: "relocation", bytes: self.output_bytes },
            _ => Work::default(),
        }
    }
}
