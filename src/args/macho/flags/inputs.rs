//! What is linked, where it is looked for, and what a dylib calls itself.

use super::super::{Modes, What};
use super::{Flag, Run, joined, plain, switch, value};

const LINK: Modes =
    Modes { weak: false, needed: false, reexport: false, upward: false, hidden: false, force_load: false };
const WEAK: Modes = Modes { weak: true, ..LINK };
const NEEDED: Modes = Modes { needed: true, ..LINK };
const REEXPORT: Modes = Modes { reexport: true, ..LINK };
const UPWARD: Modes = Modes { upward: true, ..LINK };
const HIDDEN: Modes = Modes { hidden: true, ..LINK };
const FORCE_LOAD: Modes = Modes { force_load: true, ..LINK };

/// The three ways to name a library, for each mode: `-…-lNAME`, `-…_library FILE`, `-…_framework NAME`.
macro_rules! library {
    ($modes:ident) => {
        (|l, v| l.input(What::Library(v.raw.to_owned()), $modes)) as Run
    };
}
macro_rules! file {
    ($modes:ident) => {
        (|l, v| l.input(What::File(v.path()), $modes)) as Run
    };
}
macro_rules! framework {
    ($modes:ident) => {
        (|l, v| l.input(v.framework()?, $modes)) as Run
    };
}

pub(super) const FLAGS: &[Flag] = &[
    joined(&["-l*"], "NAME", "link libNAME.tbd, libNAME.dylib or libNAME.a; with -lFILE.o, that file", library!(LINK)),
    joined(&["-weak-l*"], "NAME", "as -l; the library may be missing at run time", library!(WEAK)),
    joined(&["-needed-l*"], "NAME", "as -l; a load command even if nothing is used", library!(NEEDED)),
    joined(&["-reexport-l*"], "NAME", "as -l; clients of this dylib see its symbols", library!(REEXPORT)),
    joined(&["-upward-l*"], "NAME", "as -l, for a dylib that depends on this one in turn", library!(UPWARD)),
    joined(&["-hidden-l*"], "NAME", "as -l, for an archive whose symbols are not exported", library!(HIDDEN)),
    joined(&["-lazy-l*"], "NAME", "as -l: there is no lazy loading", library!(LINK)),
    joined(&["-no_merge-l*"], "NAME", "as -reexport-l: a mergeable library that is not merged", library!(REEXPORT)),
    value(&["-weak_library"], "FILE", "link FILE, which may be missing at run time", file!(WEAK)),
    value(&["-needed_library"], "FILE", "link FILE, with a load command even if nothing is used", file!(NEEDED)),
    value(&["-reexport_library"], "FILE", "link FILE; clients of this dylib see its symbols", file!(REEXPORT)),
    value(&["-upward_library"], "FILE", "link FILE, which depends on this dylib in turn", file!(UPWARD)),
    value(&["-lazy_library"], "FILE", "link FILE: there is no lazy loading", file!(LINK)),
    value(
        &["-no_merge_library"],
        "FILE",
        "as -reexport_library: a mergeable library that is not merged",
        file!(REEXPORT),
    ),
    value(&["-framework"], "NAME[,SUFFIX]", "link NAME.framework/NAME", framework!(LINK)),
    value(&["-weak_framework"], "NAME[,SUFFIX]", "as -framework; it may be missing at run time", framework!(WEAK)),
    value(
        &["-needed_framework"],
        "NAME[,SUFFIX]",
        "as -framework; a load command even if nothing is used",
        framework!(NEEDED),
    ),
    value(
        &["-reexport_framework"],
        "NAME[,SUFFIX]",
        "as -framework; clients of this dylib see its symbols",
        framework!(REEXPORT),
    ),
    value(
        &["-upward_framework"],
        "NAME[,SUFFIX]",
        "as -framework, for one that depends on this dylib in turn",
        framework!(UPWARD),
    ),
    value(&["-lazy_framework"], "NAME[,SUFFIX]", "as -framework: there is no lazy loading", framework!(LINK)),
    value(
        &["-no_merge_framework"],
        "NAME[,SUFFIX]",
        "as -reexport_framework: a mergeable framework that is not merged",
        framework!(REEXPORT),
    ),
    value(&["-force_load"], "FILE", "link every member of this archive", file!(FORCE_LOAD)),
    value(&["-load_hidden"], "FILE", "link this archive; its symbols are not exported", file!(HIDDEN)),
    plain(&["-all_load"], "link every member of every archive", |l| l.args.all_load = true),
    plain(&["-noall_load"], "link the members of archives that are needed (default)", |l| l.args.all_load = false),
    plain(&["-ObjC"], "link the members of archives that define Objective-C classes or categories, or Swift", |l| {
        l.args.objc_load = true;
    }),
    plain(&["-force_load_swift_libs"], "link every member of the Swift archives that objects ask for", |l| {
        l.args.force_load_swift_libs = true;
    }),
    plain(&["-ignore_auto_link"], "link no libraries because objects ask for them", |l| l.args.auto_link = false),
    value(&["--ignore-auto-link-option"], "OPTION", "objects may not ask for this, such as -lz", |l, v| {
        l.args.ignored_auto_links.push(v.bytes());
        Ok(())
    }),
    plain(&["--strict-auto-link"], "a library that an object asks for must be found", |l| {
        l.args.strict_auto_link = true
    }),
    value(&["-filelist"], "FILE[,DIR]", "link the files that FILE lists, one a line, in DIR", |l, v| {
        for path in l.read(v, super::super::lists::filelist)? {
            l.input(What::File(path), LINK)?;
        }
        Ok(())
    }),
    joined(&["-L*"], "DIR", "look for libraries in DIR", |l, v| {
        l.args.library_paths.push(v.path());
        Ok(())
    }),
    joined(&["-F*"], "DIR", "look for frameworks in DIR", |l, v| {
        l.args.framework_paths.push(v.path());
        Ok(())
    }),
    plain(&["-Z"], "do not look in the standard folders", |l| l.args.no_standard_paths = true),
    plain(&["-search_paths_first"], "a library is what the first folder has, dylib or archive (default)", |l| {
        l.args.search_dylibs_first = false;
    }),
    plain(&["-search_dylibs_first"], "a dylib in any folder comes before an archive", |l| {
        l.args.search_dylibs_first = true;
    }),
    value(&["-image_suffix"], "SUFFIX", "take libNAMESUFFIX.dylib where there is one", |l, v| {
        l.args.image_suffix = Some(v.raw.to_owned());
        Ok(())
    }),
    value(&["-dylib_file"], "INSTALL_NAME:FILE", "where to find a dylib that another one depends on", |l, v| {
        let text = v.bytes();
        let at = memchr::memchr(b':', &text).ok_or_else(|| v.wrong("is not of the form INSTALL_NAME:FILE"))?;
        l.args.dylib_files.push((text[..at].into(), v.path_from(at + 1)));
        Ok(())
    }),
    value(&["-executable_path"], "FILE", "what @executable_path stands for in dylibs", |l, v| {
        l.args.executable_path = Some(v.path());
        Ok(())
    }),
    plain(&["-dead_strip_dylibs"], "no load commands for dylibs that nothing is taken from", |l| {
        l.args.dead_strip_dylibs = true;
    }),
    plain(&["-no_implicit_dylibs"], "bind symbols of re-exported dylibs to the dylib that was named", |l| {
        l.args.no_implicit_dylibs = true;
    }),
];

pub(super) const IDENTITY: &[Flag] = &[
    value(
        &["-install_name", "-dylib_install_name", "-dylinker_install_name"],
        "NAME",
        "where clients look for the dylib (default: its path)",
        |l, v| {
            l.args.install_name = Some(v.bytes());
            Ok(())
        },
    ),
    value(&["-current_version", "-dylib_current_version"], "VERSION", "version of the dylib", |l, v| {
        l.args.current_version = l.dylib_version(v)?;
        Ok(())
    }),
    value(
        &["-compatibility_version", "-dylib_compatibility_version"],
        "VERSION",
        "oldest version of the dylib that clients of this one can run with",
        |l, v| {
            l.args.compatibility_version = l.dylib_version(v)?;
            Ok(())
        },
    ),
    value(&["-rpath"], "DIR", "what @rpath stands for at run time", |l, v| {
        if !l.args.rpaths.contains(&v.bytes()) {
            l.args.rpaths.push(v.bytes());
        }
        Ok(())
    }),
    value(&["-headerpad"], "SIZE", "room after the load commands, hexadecimal bytes (default 20)", |l, v| {
        l.args.headerpad = v.hex()?;
        Ok(())
    }),
    plain(&["-headerpad_max_install_names"], "room for every path in the load commands to grow to 1024 bytes", |l| {
        l.args.headerpad_max_install_names = true;
    }),
    plain(&["-mark_dead_strippable_dylib"], "clients that use nothing of the dylib need not load it", |l| {
        l.args.mark_dead_strippable = true;
    }),
    value(&["-umbrella"], "NAME", "the framework that this one is part of", |l, v| {
        l.args.umbrella = Some(v.bytes());
        Ok(())
    }),
    value(&["-sub_library"], "NAME", "re-export the library of this name", |l, v| {
        l.args.sub_libraries.push(v.bytes());
        Ok(())
    }),
    value(&["-sub_umbrella"], "NAME", "re-export the framework of this name", |l, v| {
        l.args.sub_umbrellas.push(v.bytes());
        Ok(())
    }),
    value(&["-allowable_client"], "NAME", "only clients of such names may link the dylib", |l, v| {
        l.args.allowable_clients.push(v.bytes());
        Ok(())
    }),
    value(
        &["-client_name"],
        "NAME",
        "what this program or bundle is called where dylibs name their clients",
        |l, v| {
            l.args.client_name = Some(v.bytes());
            Ok(())
        },
    ),
    switch(&["-warn_duplicate_libraries"], "tell of libraries that are named twice", |l, on| {
        l.args.warn_duplicate_libraries = on;
    }),
];
