//! What is linked, by the benches `link` and `micro`.
//!
//! Everything but recorded links is made here with the system's compilers, once. The arguments come from the compiler
//! itself: it is told to use a script as its linker, which writes down what it is called with. So a case is the link
//! that the system makes, without the time of the compiler's driver. A case that cannot be made says why.

mod assembly;
mod debug_assembly;
mod elf;
mod elf_assembly;
mod macho;
mod macho_assembly;
mod recorded;
mod toolchain;

use std::path::{Path, PathBuf};

use toolchain::number;

/// What went wrong, to be printed.
pub(crate) type Failure = Box<dyn std::error::Error>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Elf,
    MachO,
}

impl Format {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Format::Elf => "ELF",
            Format::MachO => "Mach-O",
        }
    }

    /// How a file of this format begins (of 64 bits, for a little-endian machine).
    pub(crate) fn magic(self) -> &'static [u8] {
        match self {
            Format::Elf => b"\x7fELF",
            Format::MachO => b"\xcf\xfa\xed\xfe",
        }
    }
}

/// A link without linker and output.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) format: Format,
    pub(crate) args: Vec<String>,
    /// Where it is run: recorded links may name files relative to it.
    pub(crate) folder: PathBuf,
    /// Whether the result is a program that can be started, and must then succeed.
    pub(crate) is_started: bool,
}

/// Makes a case in a folder of its own.
type Make = dyn Fn(&Path) -> Result<Case, Failure>;

/// How a case comes about.
pub(crate) struct Recipe {
    pub(crate) name: String,
    /// Rounds, unless the command line says otherwise.
    pub(crate) runs: usize,
    /// Small enough for valgrind.
    pub(crate) is_small: bool,
    make: Box<Make>,
}

impl Recipe {
    fn new(name: &str, runs: usize, make: impl Fn(&Path) -> Result<Case, Failure> + 'static) -> Recipe {
        Recipe { name: name.to_owned(), runs, is_small: false, make: Box::new(make) }
    }

    fn small(name: &str, runs: usize, make: impl Fn(&Path) -> Result<Case, Failure> + 'static) -> Recipe {
        Recipe { is_small: true, ..Recipe::new(name, runs, make) }
    }

    /// Makes the case in `folder`'s subfolder of its name, as far as it is not there yet.
    pub(crate) fn prepare(&self, folder: &Path) -> Result<Case, Failure> {
        let folder = folder.join(&self.name);
        std::fs::create_dir_all(&folder)?;
        (self.make)(&folder)
    }
}

/// All cases, small ones first.
pub(crate) fn all() -> Vec<Recipe> {
    let mut all = vec![
        Recipe::small("hello_dynamic", 21, |folder| elf::hello(folder, &[])),
        Recipe::small("hello_static", 21, |folder| elf::hello(folder, &["-static"])),
        Recipe::small("hello_macho", 21, macho::hello),
        Recipe::small("runtime_dynamic", 15, |folder| elf::runtime(folder, &[])),
        Recipe::small("runtime_static", 15, |folder| elf::runtime(folder, &["-static"])),
        Recipe::small("runtime_macho", 15, macho::runtime),
        Recipe::new("generated", 7, |folder| elf::generated(folder, &shape((500, 400, 0))?)),
        Recipe::new("generated_debug", 7, |folder| elf::generated(folder, &shape((200, 400, 8))?)),
        Recipe::new("generated_macho", 7, |folder| macho::generated(folder, &shape((2000, 60, 0))?)),
    ];
    all.extend(recorded::all());
    all
}

/// A small case for `micro`: what the passes of a link do to many functions, in little time.
pub(crate) fn for_passes(format: Format, folder: &Path) -> Result<Case, Failure> {
    let make = match format {
        Format::Elf => elf::generated,
        Format::MachO => macho::generated,
    };
    let shape = assembly::Shape { object_count: 64, function_count: 200, debug_types: 0 };
    Recipe::new(&format!("passes_{}", format.name()), 1, move |folder| make(folder, &shape)).prepare(folder)
}

/// Objects, functions in each, and debug types a function, unless the environment says otherwise.
fn shape((objects, functions, types): (usize, usize, usize)) -> Result<assembly::Shape, Failure> {
    // A case without debug information stays without.
    let debug_types = if types == 0 { 0 } else { number("SINEW_BENCH_DEBUG", types)? };
    let (object_count, function_count) =
        (number("SINEW_BENCH_OBJECTS", objects)?.max(1), number("SINEW_BENCH_FUNCTIONS", functions)?.max(1));
    Ok(assembly::Shape { object_count, function_count, debug_types })
}
