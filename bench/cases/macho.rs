//! The same in Mach-O, for arm64: compiled by clang, against a folder that stands in for a macOS SDK.
//!
//! `SINEW_BENCH_SDK` names that folder, `target/macos-sdk` otherwise; `tests/macho/sdk/make.sh` makes one. The
//! generated link needs none: it uses nothing of a library. Nothing here is started.

use std::fs;
use std::path::{Path, PathBuf};

use super::assembly::Shape;
use super::elf::{self, Units};
use super::toolchain::{Compiler, assemble_all, in_response_file, number, write_new};
use super::{Case, Failure, Format, macho_assembly};

pub(crate) const HELLO: &str = "#include <stdio.h>\nint main(void) { return puts(\"hello\") < 0; }\n";

fn sdk() -> Result<PathBuf, Failure> {
    let named = std::env::var_os("SINEW_BENCH_SDK").map(PathBuf::from);
    let sdk = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/macos-sdk"));
    if sdk.join("usr/include/stdio.h").exists() && sdk.join("usr/lib/libSystem.tbd").exists() {
        return Ok(sdk);
    }
    Err(format!("there is no SDK in {}: `tests/macho/sdk/make.sh FOLDER --headers` makes one", sdk.display()).into())
}

pub(crate) fn hello(folder: &Path) -> Result<Case, Failure> {
    let (compiler, source) = (Compiler::macos(false, Some(&sdk()?))?, folder.join("hello.c"));
    write_new(&source, HELLO)?;
    compiler.compile(&source, &["-O1"])?;
    case(compiler.link_arguments(folder, &[], &[source.with_extension("o")])?, folder)
}

/// C++ and C files where the SDK has a libc++ to link with, C files alone otherwise. Its libraries are shared, so that
/// the C files have more in them than in the same case of ELF.
pub(crate) fn runtime(folder: &Path) -> Result<Case, Failure> {
    let (sdk, count) = (sdk()?, number("SINEW_BENCH_UNITS", 24)?.max(1));
    let has_library = sdk.join("usr/lib/libc++.tbd").exists() && sdk.join("usr/include/c++/v1").exists();
    let c = Compiler::macos(false, Some(&sdk))?;
    let cpp = if has_library { Some(Compiler::macos(true, Some(&sdk))?) } else { None };
    let sources = folder.with_file_name(format!("runtime_macho-{count}-{}", if has_library { "cpp" } else { "c" }));
    let objects = elf::runtime_objects(&sources, Units { count, plain_repeats: 60 }, cpp.as_ref(), &c)?;
    case(cpp.as_ref().unwrap_or(&c).link_arguments(folder, &[], &objects)?, folder)
}

/// What dyld asks of every program is a libSystem; this one has nothing.
const LIBRARY: &str = "\
--- !tapi-tbd
tbd-version: 4
targets: [ arm64-macos ]
install-name: '/usr/lib/libSystem.B.dylib'
...
";

/// Many objects of many functions.
pub(crate) fn generated(folder: &Path, shape: &Shape) -> Result<Case, Failure> {
    let sources = folder.with_file_name(format!("generated_macho-{}", shape.folder_name()));
    fs::create_dir_all(&sources)?;
    let (compiler, main, library) =
        (Compiler::macos(false, None)?, sources.join("main.s"), folder.join("libSystem.tbd"));
    write_new(&main, macho_assembly::MAIN)?;
    compiler.compile(&main, &[])?;
    fs::write(&library, LIBRARY)?;
    let mut objects = vec![main.with_extension("o")];
    let assembly = |object| macho_assembly::assembly(shape, object);
    objects.extend(assemble_all(&compiler, &sources, shape.object_count, assembly)?);
    let mut args: Vec<String> = "-arch arm64 -platform_version macos 13.0 13.0".split(' ').map(str::to_owned).collect();
    args.extend(objects.iter().chain([&library]).map(|path| path.display().to_string()));
    case(in_response_file(folder, args)?, folder)
}

fn case(args: Vec<String>, folder: &Path) -> Result<Case, Failure> {
    Ok(Case { format: Format::MachO, args, folder: folder.to_owned(), is_started: false })
}
