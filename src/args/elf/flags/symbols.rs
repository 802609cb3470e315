//! Which symbols are defined, exported, kept, renamed or dropped.

use super::super::{Bsymbolic, Discard, Strip};
use super::{Flag, optional, plain, switch, value};

pub(super) const FLAGS: &[Flag] = &[
    switch(&["-E", "--export-dynamic"], "export every global symbol of an executable", |l, on| {
        l.args.export_dynamic = on;
    }),
    value(&["--export-dynamic-symbol"], "GLOB", "export the symbols that match", |l, v| {
        l.args.export_dynamic_symbols.push(v.text()?);
        Ok(())
    }),
    value(&["--export-dynamic-symbol-list"], "FILE", "export the symbols that FILE lists", |l, v| {
        l.args.export_dynamic_symbol_lists.push(v.path());
        Ok(())
    }),
    value(
        &["--dynamic-list"],
        "FILE",
        "export the listed symbols; a shared library binds its others to itself",
        |l, v| {
            l.args.dynamic_lists.push(v.path());
            Ok(())
        },
    ),
    plain(&["--dynamic-list-data"], "as --dynamic-list with every data symbol", |l| l.args.dynamic_list_data = true),
    value(&["--version-script"], "FILE", "symbol versions and visibility", |l, v| {
        l.args.version_scripts.push(v.path());
        Ok(())
    }),
    switch(&["--undefined-version"], "let version scripts name symbols that nothing defines (default)", |l, on| {
        l.args.undefined_version = on;
    }),
    plain(&["-Bsymbolic"], "a shared library uses its own definitions", |l| l.args.bsymbolic = Bsymbolic::All),
    plain(&["-Bsymbolic-functions"], "a shared library uses its own functions", |l| {
        l.args.bsymbolic = Bsymbolic::Functions;
    }),
    plain(&["-Bsymbolic-non-weak"], "as -Bsymbolic, but weak definitions may be replaced", |l| {
        l.args.bsymbolic = Bsymbolic::NonWeak;
    }),
    plain(&["-Bsymbolic-non-weak-functions"], "as -Bsymbolic-functions, but weak ones may be replaced", |l| {
        l.args.bsymbolic = Bsymbolic::NonWeakFunctions;
    }),
    plain(&["-Bno-symbolic"], "every exported definition may be replaced at run time (default)", |l| {
        l.args.bsymbolic = Bsymbolic::None;
    }),
    value(&["--exclude-libs"], "NAME,…", "hide the symbols of these archives; ALL is every archive", |l, v| {
        l.args.exclude_libs.extend(v.str()?.split([',', ':']).filter(|n| !n.is_empty()).map(str::to_owned));
        Ok(())
    }),
    value(&["-u", "--undefined"], "SYMBOL", "look for this symbol, and keep it", |l, v| {
        l.args.undefined.push(v.text()?);
        Ok(())
    }),
    value(&["--undefined-glob"], "GLOB", "look for the symbols that match, and keep them", |l, v| {
        l.args.undefined_globs.push(v.text()?);
        Ok(())
    }),
    value(&["--require-defined"], "SYMBOL", "as --undefined, and fail when nothing defines it", |l, v| {
        l.args.require_defined.push(v.text()?);
        Ok(())
    }),
    value(&["--defsym"], "SYMBOL=EXPRESSION", "define a symbol", |l, v| {
        let (symbol, expression) = v.pair("SYMBOL=EXPRESSION")?;
        l.args.defsym.push((symbol, expression.to_owned()));
        Ok(())
    }),
    value(&["--wrap"], "SYMBOL", "read SYMBOL as __wrap_SYMBOL and __real_SYMBOL as SYMBOL", |l, v| {
        l.args.wrap.push(v.text()?);
        Ok(())
    }),
    value(&["--retain-symbols-file"], "FILE", "keep only the listed symbols in .symtab", |l, v| {
        l.args.retain_symbols_file = Some(v.path());
        Ok(())
    }),
    plain(&["-x", "--discard-all"], "no local symbols", |l| l.args.discard = Discard::All),
    plain(&["-X", "--discard-locals"], "no local symbols that start with .L", |l| l.args.discard = Discard::Locals),
    plain(&["--discard-none"], "all local symbols", |l| l.args.discard = Discard::None),
    plain(&["-s", "--strip-all"], "no .symtab and no debug information", |l| l.args.strip = Strip::All),
    plain(&["-S", "--strip-debug"], "no debug information", |l| {
        // Weaker than --strip-all, whichever comes last.
        if l.args.strip == Strip::None {
            l.args.strip = Strip::Debug;
        }
    }),
    plain(&["-d", "-dc", "-dp"], "allocate common symbols even with -r", |l| l.args.define_common = true),
    switch(&["--gnu-unique"], "honour STB_GNU_UNIQUE (default)", |l, on| l.args.gnu_unique = on),
    optional(&["--demangle"], "STYLE", "show C++ and Rust names readably in messages (default)", |l, _| {
        l.args.demangle = true;
        Ok(())
    }),
    plain(&["--no-demangle"], "show names in messages as they are in the files", |l| l.args.demangle = false),
];
