//! What is an error, what is a warning, what is neither.

use super::super::Unresolved;
use super::{Flag, optional, plain, switch, value};

pub(super) const FLAGS: &[Flag] = &[
    plain(&["--no-undefined"], "undefined symbols are errors in a shared library too", |l| l.forbid_undefined()),
    value(
        &["--unresolved-symbols"],
        "POLICY",
        "report-all, ignore-all, ignore-in-object-files, ignore-in-shared-libs",
        |l, v| {
            let (in_objects, in_libraries) = v.choice(&[
                ("report-all", (false, false)),
                ("ignore-all", (true, true)),
                ("ignore-in-object-files", (true, false)),
                ("ignore-in-shared-libs", (false, true)),
            ])?;
            l.ignore_undefined = in_objects;
            l.args.no_undefined = !in_objects;
            l.args.allow_shlib_undefined = if in_libraries { Some(true) } else { l.args.allow_shlib_undefined };
            Ok(())
        },
    ),
    plain(&["--warn-unresolved-symbols"], "undefined symbols are warnings", |l| l.undefined_is = Unresolved::Warn),
    plain(&["--error-unresolved-symbols"], "undefined symbols are errors (default)", |l| {
        l.undefined_is = Unresolved::Error;
    }),
    value(&["--ignore-unresolved-symbol"], "SYMBOL", "this one may stay undefined", |l, v| {
        l.args.ignore_unresolved_symbols.push(v.text()?);
        Ok(())
    }),
    switch(&["--allow-shlib-undefined"], "do not look for what shared libraries leave undefined", |l, on| {
        l.args.allow_shlib_undefined = Some(on);
    }),
    switch(&["--allow-multiple-definition"], "of several definitions, take the first", |l, on| {
        l.args.allow_multiple_definition = on;
    }),
    switch(&["--warn-common"], "warn when common symbols are merged", |l, on| l.args.warn_common = on),
    plain(
        &["--warn-textrel", "--warn-shared-textrel", "--warn-ifunc-textrel"],
        "warn about relocations in text",
        |l| {
            l.args.warn_textrel = true;
        },
    ),
    switch(&["--fatal-warnings"], "warnings are errors", |l, on| l.args.fatal_warnings = on),
    plain(&["-w", "--no-warnings"], "no warnings", |l| l.args.no_warnings = true),
    value(&["--error-limit"], "N", "show at most N errors (default 20; 0 is all)", |l, v| {
        l.args.error_limit = v.count()?;
        Ok(())
    }),
    plain(&["--noinhibit-exec"], "write the output in spite of errors", |l| l.args.no_inhibit_exec = true),
    optional(&["--color-diagnostics"], "WHEN", "colour messages: auto (default), always, never", |l, v| {
        let always = Ok(Some(true));
        l.color = v.map_or(always, |v| v.choice(&[("auto", None), ("always", Some(true)), ("never", Some(false))]))?;
        Ok(())
    }),
    plain(&["--no-color-diagnostics"], "no colours", |l| l.color = Some(false)),
];
