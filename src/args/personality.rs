//! Which linker to be: compilers choose one by the name they call, or by `-flavor`.

use std::ffi::{OsStr, OsString};
use std::path::Path;

/// What a call of the binary asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Personality {
    /// A GNU-style linker for ELF.
    Elf,
    /// An Apple-style linker for Mach-O.
    MachO,
    /// `sinew run -- COMMAND`.
    Run,
    /// The compiler driver that `sinew run` puts before rustc's `cc`.
    CompilerDriver,
}

/// Reads the personality off the program's name and first argument, and takes the arguments that said so from `args`
/// (the command line without the program name).
pub fn of(program: &OsStr, args: &mut Vec<OsString>) -> Result<Personality, String> {
    let name = Path::new(program).file_name().unwrap_or(program).to_string_lossy();
    if name == COMPILER_DRIVER {
        return Ok(Personality::CompilerDriver);
    }
    if args.first().is_some_and(|first| first == "-flavor") {
        let flavor = args.get(1).ok_or("-flavor needs a value: gnu or darwin")?.to_string_lossy().into_owned();
        args.drain(..2);
        return match flavor.as_str() {
            "gnu" | "ld" | "ld.lld" | "ld.sinew" => Ok(Personality::Elf),
            "darwin" | "ld64" | "ld64.lld" | "ld64.sinew" => Ok(Personality::MachO),
            _ => Err(format!("-flavor {flavor}: unknown; use gnu or darwin")),
        };
    }
    // Cross tools carry a prefix (`aarch64-linux-gnu-ld`), versioned ones a suffix (`ld64.lld-19`).
    if name.starts_with("ld64") || name.ends_with("-ld64") {
        return Ok(Personality::MachO);
    }
    if name.starts_with("sinew") && args.first().is_some_and(|first| first == "run") {
        args.remove(0);
        return Ok(Personality::Run);
    }
    Ok(Personality::Elf)
}

/// The name under which the binary is a compiler driver. rustc reads the flavor of a linker off the end of its name:
/// `-cc` is one that is called as a C compiler.
pub const COMPILER_DRIVER: &str = "sinew-cc";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_flavors_decide() {
        use Personality::*;
        for (argv, expected, left) in [
            (&["ld"][..], Ok(Elf), 0),
            (&["/usr/bin/ld.lld", "a.o"], Ok(Elf), 1),
            (&["ld.mold"], Ok(Elf), 0),
            (&["ld.bfd"], Ok(Elf), 0),
            (&["ld.gold"], Ok(Elf), 0),
            (&["ld.wild"], Ok(Elf), 0),
            (&["ld.sinew", "run"], Ok(Elf), 1),
            (&["ld", "run"], Ok(Elf), 1),
            (&["x86_64-linux-gnu-ld"], Ok(Elf), 0),
            (&["sinew", "x.o"], Ok(Elf), 1),
            (&["sinew", "run", "--", "make"], Ok(Run), 2),
            (&["ld64.sinew"], Ok(MachO), 0),
            (&["ld64"], Ok(MachO), 0),
            (&["ld64.lld-19"], Ok(MachO), 0),
            (&["sinew", "-flavor", "darwin", "a.o"], Ok(MachO), 1),
            (&["ld64", "-flavor", "gnu", "a.o"], Ok(Elf), 1),
            (&["sinew", "-flavor", "ld", "run"], Ok(Elf), 1),
            (&["/tmp/x/sinew-cc", "-flavor"], Ok(CompilerDriver), 1),
            (&["sinew", "-flavor"], Err(()), 1),
            (&["sinew", "-flavor", "link"], Err(()), 0),
        ] {
            let mut args: Vec<OsString> = argv[1..].iter().map(OsString::from).collect();
            assert_eq!(of(OsStr::new(argv[0]), &mut args).map_err(|_| ()), expected, "{argv:?}");
            assert_eq!(args.len(), left, "{argv:?}");
        }
    }
}
