//! What is linked. Everything but `large_link` is made here with the system's compiler, once.
//!
//! The arguments come from the compiler itself: it is told to use a script as its linker, which writes down what it
//! is called with. So a case is the link that the system makes, without the time of the compiler's driver.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Failure, generated};

/// A link without linker and output.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) args: Vec<String>,
    /// Where it is run: recorded links may name files relative to it.
    pub(crate) folder: PathBuf,
    /// Whether the result is a program that can be started, and must then succeed.
    pub(crate) is_started: bool,
}

/// How a case comes about.
pub(crate) struct Recipe {
    pub(crate) name: &'static str,
    pub(crate) runs: usize,
    /// Small enough for valgrind.
    pub(crate) is_small: bool,
    pub(crate) prepare: fn(&Path) -> Result<Case, Failure>,
}

pub(crate) const ALL: &[Recipe] = &[
    Recipe { name: "hello_dynamic", runs: 21, is_small: true, prepare: |folder| hello(folder, &[]) },
    Recipe { name: "hello_static", runs: 21, is_small: true, prepare: |folder| hello(folder, &["-static"]) },
    Recipe { name: "runtime_dynamic", runs: 15, is_small: true, prepare: |folder| runtime(folder, &[]) },
    Recipe { name: "runtime_static", runs: 15, is_small: true, prepare: |folder| runtime(folder, &["-static"]) },
    Recipe { name: "generated", runs: 7, is_small: false, prepare: many_functions },
    Recipe { name: "large_link", runs: 7, is_small: false, prepare: |_| recorded() },
];

fn hello(folder: &Path, flags: &[&str]) -> Result<Case, Failure> {
    fs::create_dir_all(folder)?;
    let source = folder.join("hello.c");
    fs::write(&source, "#include <stdio.h>\nint main(void) { return puts(\"hello\") < 0; }\n")?;
    compile(&source, &["-O1"])?;
    linked(folder, "CC", flags, &[folder.join("hello.o")])
}

/// A program of some C++ and C files with debug information, which use what such programs use of their libraries.
fn runtime(folder: &Path, flags: &[&str]) -> Result<Case, Failure> {
    let count = number("SINEW_BENCH_UNITS", 24)?.max(1);
    // Both cases link the same objects.
    let sources = folder.with_file_name(format!("runtime-{count}"));
    fs::create_dir_all(&sources)?;
    let (mut calls, mut paths) = (String::new(), vec![sources.join("main.cpp")]);
    for unit in 0..count {
        let (cpp, c) = (sources.join(format!("unit{unit}.cpp")), sources.join(format!("plain{unit}.c")));
        write_new(&cpp, &include_str!("runtime_unit.cpp").replace("UNIT", &unit.to_string()))?;
        write_new(&c, &include_str!("runtime_plain.c").replace("UNIT", &unit.to_string()))?;
        writeln!(calls, "    sum += run{unit}({unit});")?;
        paths.extend([cpp, c]);
    }
    let declarations: String = (0..count).fold(String::new(), |text, unit| text + &format!("int run{unit}(int);\n"));
    let main = format!("{declarations}int main() {{\n    int sum = 0;\n{calls}    return sum == 0;\n}}\n");
    write_new(&paths[0], &main)?;
    in_parallel(&paths, |path| compile(path, &["-O1", "-g"]))?;
    fs::create_dir_all(folder)?;
    let objects: Vec<PathBuf> = paths.iter().map(|path| path.with_extension("o")).collect();
    linked(folder, "CXX", flags, &objects)
}

/// Many objects with many small sections each.
fn many_functions(folder: &Path) -> Result<Case, Failure> {
    if cfg!(not(target_arch = "x86_64")) {
        return Err("its functions are written in x86-64 assembly".into());
    }
    let (objects, functions) = (number("SINEW_BENCH_OBJECTS", 500)?, number("SINEW_BENCH_FUNCTIONS", 400)?);
    let shape = generated::Shape { object_count: objects.max(1), function_count: functions.max(1) };
    let sources = folder.with_file_name(format!("generated-{objects}-{functions}"));
    fs::create_dir_all(&sources)?;
    let mut paths = vec![sources.join("main.c")];
    write_new(&paths[0], "extern int f_0_0(void);\nint main(void) { return &f_0_0 == 0; }\n")?;
    paths.extend((0..shape.object_count).map(|object| sources.join(format!("object{object}.s"))));
    let numbers: Vec<usize> = (0..paths.len()).collect();
    in_parallel(&numbers, |number| {
        let path = &paths[*number];
        if *number > 0 && !path.with_extension("o").exists() {
            fs::write(path, generated::assembly(&shape, number - 1))?;
        }
        compile(path, &[])?;
        // The text is several times the size of the object.
        if *number > 0 { Ok(fs::write(path, "")?) } else { Ok(()) }
    })?;
    fs::create_dir_all(folder)?;
    let objects: Vec<PathBuf> = paths.iter().map(|path| path.with_extension("o")).collect();
    linked(folder, "CC", &[], &objects)
}

fn recorded() -> Result<Case, Failure> {
    let path = std::env::var_os("SINEW_BENCH_RSP").ok_or("SINEW_BENCH_RSP names no recorded link")?;
    let path = PathBuf::from(path).canonicalize()?;
    let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
    Ok(Case { args: vec![format!("@{}", path.display())], folder, is_started: false })
}

/// Leaves alone what is there, so that what was made from it stays newer.
fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    match fs::read_to_string(path) {
        Ok(old) if old == text => Ok(()),
        _ => {
            let _ = fs::remove_file(path.with_extension("o"));
            Ok(fs::write(path, text)?)
        }
    }
}

fn compile(source: &Path, flags: &[&str]) -> Result<(), Failure> {
    let object = source.with_extension("o");
    if object.exists() {
        return Ok(());
    }
    let is_cpp = source.extension().is_some_and(|extension| extension == "cpp");
    // Under another name until it is complete: one that was interrupted must not count as made.
    let partial = source.with_extension("partial");
    let mut command = compiler(if is_cpp { "CXX" } else { "CC" });
    command.args(flags).arg("-c").arg(source).arg("-o").arg(&partial);
    succeed(&mut command)?;
    Ok(fs::rename(partial, object)?)
}

fn compiler(variable: &str) -> Command {
    let default = if variable == "CXX" { "c++" } else { "cc" };
    Command::new(std::env::var_os(variable).unwrap_or_else(|| default.into()))
}

fn succeed(command: &mut Command) -> Result<(), Failure> {
    let output = command.output().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!("{} fails: {}", command.get_program().display(), text.lines().next().unwrap_or("")).into())
}

/// The link that the compiler would make of `objects`, the first of which is enough for it to ask for a link.
fn linked(folder: &Path, variable: &str, flags: &[&str], objects: &[PathBuf]) -> Result<Case, Failure> {
    let (script, record) = (folder.join("ld"), folder.join("arguments"));
    fs::write(&script, "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$SINEW_BENCH_RECORD\"\n")?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
    let mut command = compiler(variable);
    command.arg("-B").arg(folder).arg("-fno-use-linker-plugin").args(flags).arg(&objects[0]);
    succeed(command.arg("-o").arg(folder.join("never")).env("SINEW_BENCH_RECORD", &record))?;
    let (mut args, first) = (Vec::new(), objects[0].display().to_string());
    let text = fs::read_to_string(&record)?;
    let mut recorded = text.lines();
    while let Some(arg) = recorded.next() {
        match arg {
            "-o" => drop(recorded.next()),
            arg if arg == first => args.extend(objects.iter().map(|object| object.display().to_string())),
            arg => args.push(arg.to_owned()),
        }
    }
    if args.len() > 400 {
        // As a build system does where a command line would grow too long.
        let response = folder.join("link.rsp");
        fs::write(&response, args.iter().map(|arg| format!("\"{arg}\"\n")).collect::<String>())?;
        args = vec![format!("@{}", response.display())];
    }
    Ok(Case { args, folder: folder.to_owned(), is_started: true })
}

fn number(variable: &str, default: usize) -> Result<usize, Failure> {
    match std::env::var(variable) {
        Ok(value) => Ok(value.parse().map_err(|_| format!("{variable} is not a number: {value}"))?),
        Err(_) => Ok(default),
    }
}

/// Runs `make` for all items, on as many threads as there are cores.
fn in_parallel<T: Sync>(items: &[T], make: impl Fn(&T) -> Result<(), Failure> + Sync) -> Result<(), Failure> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    // A `Failure` stays on its thread; its text may leave.
    let results = std::thread::scope(|scope| {
        let make = &make;
        let part = |first: usize| {
            let mut mine = items.iter().skip(first).step_by(threads);
            move || mine.try_for_each(|item| make(item).map_err(|error| error.to_string()))
        };
        let workers: Vec<_> = (0..threads).map(|first| scope.spawn(part(first))).collect();
        workers.into_iter().map(|worker| worker.join()).collect::<Vec<_>>()
    });
    for result in results {
        result.map_err(|_| "a thread that prepares a case panicked")??;
    }
    Ok(())
}
