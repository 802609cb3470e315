//! Cases in ELF, by the system's compiler: a greeting, a program that uses its language's library, many functions.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::assembly::Shape;
use super::toolchain::{Compiler, assemble_all, in_parallel, number, write_new};
use super::{Case, Failure, Format, elf_assembly};

pub(crate) fn hello(folder: &Path, flags: &[&str]) -> Result<Case, Failure> {
    let (compiler, source) = (Compiler::system(false), folder.join("hello.c"));
    write_new(&source, super::macho::HELLO)?;
    compiler.compile(&source, &["-O1"])?;
    case(&compiler, folder, flags, &[source.with_extension("o")])
}

/// A program of some C++ and C files with debug information, which use what such programs use of their libraries.
pub(crate) fn runtime(folder: &Path, flags: &[&str]) -> Result<Case, Failure> {
    let count = number("SINEW_BENCH_UNITS", 24)?.max(1);
    // Both cases link the same objects.
    let folder_of_objects = folder.with_file_name(format!("runtime-{count}"));
    let compiler = Compiler::system(true);
    let units = Units { count, plain_repeats: 1 };
    let objects = runtime_objects(&folder_of_objects, units, Some(&compiler), &Compiler::system(false))?;
    case(&compiler, folder, flags, &objects)
}

/// How many C++ files and as many C files, and how many times the usual functions each C file has.
pub(crate) struct Units {
    pub(crate) count: usize,
    pub(crate) plain_repeats: usize,
}

/// The files, and a main program that calls them; without `cpp`, C files alone.
pub(crate) fn runtime_objects(
    folder: &Path,
    units: Units,
    cpp: Option<&Compiler>,
    c: &Compiler,
) -> Result<Vec<PathBuf>, Failure> {
    fs::create_dir_all(folder)?;
    let (entry, extension) = if cpp.is_some() { ("run", "cpp") } else { ("plain", "c") };
    let (mut declarations, mut calls) = (String::new(), String::new());
    let mut paths = vec![folder.join("main").with_extension(extension)];
    for unit in 0..units.count {
        let text = |repeat: usize| {
            let name = if repeat == 0 { unit.to_string() } else { format!("{unit}_{repeat}") };
            include_str!("runtime_plain.c").replace("UNIT", &name)
        };
        paths.push(folder.join(format!("plain{unit}.c")));
        write_new(&paths[paths.len() - 1], &(0..units.plain_repeats).map(text).collect::<String>())?;
        if cpp.is_some() {
            paths.push(folder.join(format!("unit{unit}.cpp")));
            let text = include_str!("runtime_unit.cpp").replace("UNIT", &unit.to_string());
            write_new(&paths[paths.len() - 1], &text)?;
        }
        writeln!(declarations, "int {entry}{unit}(int);")?;
        writeln!(calls, "    sum += {entry}{unit}({unit});")?;
    }
    let main = format!("{declarations}int main(void) {{\n    int sum = 0;\n{calls}    return sum == 0;\n}}\n");
    write_new(&paths[0], &main)?;
    in_parallel(&paths, |path| {
        let is_cpp = path.extension().is_some_and(|extension| extension == "cpp");
        cpp.filter(|_| is_cpp).unwrap_or(c).compile(path, &["-O1", "-g"])
    })?;
    Ok(paths.iter().map(|path| path.with_extension("o")).collect())
}

/// Many objects with many small sections each.
pub(crate) fn generated(folder: &Path, shape: &Shape) -> Result<Case, Failure> {
    if cfg!(not(target_arch = "x86_64")) {
        return Err("its functions are written in x86-64 assembly".into());
    }
    let sources = folder.with_file_name(format!("generated-{}", shape.folder_name()));
    fs::create_dir_all(&sources)?;
    let (compiler, main) = (Compiler::system(false), sources.join("main.c"));
    write_new(&main, "extern int f_0_0(void);\nint main(void) { return &f_0_0 == 0; }\n")?;
    compiler.compile(&main, &[])?;
    let mut objects = vec![main.with_extension("o")];
    let assembly = |object| elf_assembly::assembly(shape, object);
    objects.extend(assemble_all(&compiler, &sources, shape.object_count, assembly)?);
    case(&compiler, folder, &[], &objects)
}

fn case(compiler: &Compiler, folder: &Path, flags: &[&str], objects: &[PathBuf]) -> Result<Case, Failure> {
    let args = compiler.link_arguments(folder, flags, objects)?;
    Ok(Case { format: Format::Elf, args, folder: folder.to_owned(), is_started: true })
}
