//! Compilers: the system's, and a clang that compiles for macOS. What they made stays for the next time.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Failure;

/// A compiler with the arguments that every call of it has.
#[derive(Debug, Clone)]
pub(crate) struct Compiler {
    program: PathBuf,
    flags: Vec<String>,
    /// What makes it use the linker in a folder.
    use_linker: fn(&Path) -> Vec<String>,
}

impl Compiler {
    /// The system's compiler for C or C++, which an environment variable may name.
    pub(crate) fn system(is_cpp: bool) -> Compiler {
        let (variable, default) = if is_cpp { ("CXX", "c++") } else { ("CC", "cc") };
        let program = std::env::var_os(variable).map_or_else(|| default.into(), PathBuf::from);
        let use_linker = |folder: &Path| vec![format!("-B{}", folder.display()), "-fno-use-linker-plugin".to_owned()];
        Compiler { program, flags: Vec::new(), use_linker }
    }

    /// A clang for C, C++ and assembly of macOS 13 on arm64; `sdk` is needed for C and for links.
    pub(crate) fn macos(is_cpp: bool, sdk: Option<&Path>) -> Result<Compiler, Failure> {
        let named = std::env::var_os("SINEW_BENCH_CLANG").map(PathBuf::from);
        let program = named.or_else(|| ["clang-19", "clang"].iter().find_map(|name| installed(name)));
        let program = program.ok_or("there is no clang (SINEW_BENCH_CLANG, clang-19 or clang)")?;
        // The version of a linker that knows -platform_version; the driver cannot ask the script.
        let mut flags = vec!["--target=arm64-apple-macos13".to_owned(), "-mlinker-version=1000".to_owned()];
        flags.extend(is_cpp.then(|| "--driver-mode=g++".to_owned()));
        flags.extend(sdk.iter().flat_map(|sdk| ["-isysroot".to_owned(), sdk.display().to_string()]));
        Ok(Compiler { program, flags, use_linker: |folder| vec![format!("--ld-path={}", folder.join("ld").display())] })
    }

    /// Compiles `source` to an object beside it, unless that is there.
    pub(crate) fn compile(&self, source: &Path, flags: &[&str]) -> Result<(), Failure> {
        let object = source.with_extension("o");
        if object.exists() {
            return Ok(());
        }
        // Under another name until it is complete: one that was interrupted must not count as made.
        let partial = source.with_extension("partial");
        succeed(self.command().args(flags).arg("-c").arg(source).arg("-o").arg(&partial))?;
        Ok(fs::rename(partial, object)?)
    }

    /// The arguments of the link that this compiler would make of `objects`, less the output. The first object is
    /// enough for it to ask for a link.
    pub(crate) fn link_arguments(
        &self,
        folder: &Path,
        flags: &[&str],
        objects: &[PathBuf],
    ) -> Result<Vec<String>, Failure> {
        let (script, record) = (folder.join("ld"), folder.join("arguments"));
        fs::write(&script, "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$SINEW_BENCH_RECORD\"\n")?;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
        let mut command = self.command();
        command.args((self.use_linker)(folder)).args(flags).arg(&objects[0]).arg("-o").arg(folder.join("never"));
        succeed(command.env("SINEW_BENCH_RECORD", &record))?;
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
        in_response_file(folder, args)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.flags);
        command
    }
}

/// Many arguments go to a file, as a build system puts them where a command line would grow too long.
pub(crate) fn in_response_file(folder: &Path, args: Vec<String>) -> Result<Vec<String>, Failure> {
    if args.len() <= 400 {
        return Ok(args);
    }
    let response = folder.join("link.rsp");
    fs::write(&response, args.iter().map(|arg| format!("\"{arg}\"\n")).collect::<String>())?;
    Ok(vec![format!("@{}", response.display())])
}

/// Where `PATH` has a program.
fn installed(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| path.is_file())
}

fn succeed(command: &mut Command) -> Result<(), Failure> {
    let output = command.output().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!("{} fails: {}", command.get_program().display(), text.lines().next().unwrap_or("")).into())
}

/// Leaves alone what is there, so that what was made from it stays newer.
pub(crate) fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    match fs::read_to_string(path) {
        Ok(old) if old == text => Ok(()),
        _ => {
            let _ = fs::remove_file(path.with_extension("o"));
            Ok(fs::write(path, text)?)
        }
    }
}

/// The objects of `count` generated sources, which `assembly` writes.
pub(crate) fn assemble_all(
    compiler: &Compiler,
    folder: &Path,
    count: usize,
    assembly: impl Fn(usize) -> String + Sync,
) -> Result<Vec<PathBuf>, Failure> {
    let paths: Vec<PathBuf> = (0..count).map(|object| folder.join(format!("object{object}.s"))).collect();
    let numbers: Vec<usize> = (0..count).collect();
    in_parallel(&numbers, |&number| {
        let path = &paths[number];
        if !path.with_extension("o").exists() {
            fs::write(path, assembly(number))?;
            compiler.compile(path, &[])?;
            // The text is several times the size of the object.
            fs::remove_file(path)?;
        }
        Ok(())
    })?;
    Ok(paths.iter().map(|path| path.with_extension("o")).collect())
}

/// Runs `make` for all items, on as many threads as there are cores.
pub(crate) fn in_parallel<T: Sync>(
    items: &[T],
    make: impl Fn(&T) -> Result<(), Failure> + Sync,
) -> Result<(), Failure> {
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

/// What an environment variable says, or `default`.
pub(crate) fn number(variable: &str, default: usize) -> Result<usize, Failure> {
    match std::env::var(variable) {
        Ok(value) => Ok(value.parse().map_err(|_| format!("{variable} is not a number: {value}"))?),
        Err(_) => Ok(default),
    }
}
