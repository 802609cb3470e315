//! Which files to read, where they are looked for, and how they are read from here on.

use super::super::Positional;
use super::{Flag, plain, switch, value};

pub(super) const FLAGS: &[Flag] = &[
    value(
        &["-L", "--library-path"],
        "DIR",
        "look for libraries in DIR; a leading = or $SYSROOT is the sysroot",
        |l, v| {
            l.library_paths.push(v.path());
            Ok(())
        },
    ),
    value(
        &["-l", "--library"],
        "NAME",
        "link libNAME.so or libNAME.a, or with -l:FILE the file of that name",
        |l, v| {
            l.library(v.text()?);
            Ok(())
        },
    ),
    value(&["--sysroot"], "DIR", "the folder that = in -L and absolute paths in scripts start from", |l, v| {
        l.args.sysroot = v.path();
        Ok(())
    }),
    value(
        &["-T", "--script", "-dT", "--default-script"],
        "FILE",
        "lay the output out by this linker script",
        |l, v| {
            l.args.scripts.push(v.path());
            Ok(())
        },
    ),
    switch(&["--as-needed"], "from here on, libraries that nothing refers to are not needed at run time", |l, on| {
        l.position.as_needed = on;
    }),
    switch(&["--whole-archive"], "from here on, link every member of archives", |l, on| {
        l.position.whole_archive = on;
    }),
    plain(&["--push-state"], "remember --as-needed, --whole-archive, -Bstatic and --start-lib", |l| l.push_state()),
    plain(&["--pop-state"], "go back to what --push-state remembered", |l| l.pop_state()),
    plain(&["--start-lib"], "from here on, objects are linked only when needed, like members of an archive", |l| {
        if std::mem::replace(&mut l.position.lazy, true) {
            l.error("--start-lib: the previous --start-lib is still open");
        }
    }),
    plain(&["--end-lib"], "ends --start-lib", |l| {
        if !std::mem::replace(&mut l.position.lazy, false) {
            l.error("--end-lib: there is no --start-lib before it");
        }
    }),
    plain(&["-(", "--start-group"], "no effect: archives are searched until nothing is missing", |_| ()),
    plain(&["-)", "--end-group"], "ends --start-group", |_| ()),
    value(
        &["-b", "--format"],
        "FORMAT",
        "how to read the inputs from here on: elf, or binary for bare bytes",
        |l, v| {
            l.position.binary = match v.str()? {
                "binary" => true,
                "elf" | "default" | "elf64-x86-64" | "elf64-x86-64-freebsd" => false,
                _ => return Err(v.wrong("is not an input format; use elf or binary")),
            };
            Ok(())
        },
    ),
    value(
        &["-R", "--just-symbols"],
        "FILE",
        "take only the addresses of symbols from FILE; for a folder: --rpath",
        |l, v| {
            let path = v.path();
            if path.is_dir() {
                l.rpath(v.str()?);
            } else {
                let state = Positional { just_symbols: true, ..l.position };
                l.input(path, state);
            }
            Ok(())
        },
    ),
    value(&["--dependency-file"], "FILE", "write the inputs as a Makefile rule", |l, v| {
        l.args.dependency_file = Some(v.path());
        Ok(())
    }),
];
