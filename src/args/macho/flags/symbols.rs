//! Which symbols are defined, exported, kept, renamed or dropped, and in which order they stand.

use super::super::{Alias, Commons, Icf, Interposable, Undefined, WeakMismatch, lists};
use super::{Flag, plain, value, values};

pub(super) const FLAGS: &[Flag] = &[
    value(&["-undefined"], "TREATMENT", "undefined symbols: error, warning, suppress or dynamic_lookup", |l, v| {
        l.args.undefined = v.choice(&[
            ("error", Undefined::Error),
            ("warning", Undefined::Warning),
            ("suppress", Undefined::Suppress),
            ("dynamic_lookup", Undefined::DynamicLookup),
        ])?;
        Ok(())
    }),
    value(&["-U"], "SYMBOL", "this symbol may stay undefined", |l, v| {
        l.args.allowed_undefined.push(v.bytes());
        Ok(())
    }),
    value(&["-u"], "SYMBOL", "look for this symbol, and keep it", |l, v| {
        l.args.forced_undefined.push(v.bytes());
        Ok(())
    }),
    value(&["-exported_symbol"], "GLOB", "export only the symbols that match", |l, v| {
        l.exported.get_or_insert_default().push(v.pattern());
        Ok(())
    }),
    value(&["-exported_symbols_list"], "FILE", "export only the symbols that FILE lists", |l, v| {
        let listed = l.read(v, lists::patterns)?;
        l.exported.get_or_insert_default().extend(listed);
        Ok(())
    }),
    value(&["-unexported_symbol"], "GLOB", "do not export the symbols that match", |l, v| {
        l.unexported.get_or_insert_default().push(v.pattern());
        Ok(())
    }),
    value(&["-unexported_symbols_list"], "FILE", "do not export the symbols that FILE lists", |l, v| {
        let listed = l.read(v, lists::patterns)?;
        l.unexported.get_or_insert_default().extend(listed);
        Ok(())
    }),
    plain(&["-no_exported_symbols"], "export nothing", |l| l.no_exports = true),
    plain(&["-export_dynamic"], "keep what an executable exports", |l| l.args.export_dynamic = true),
    value(&["-reexported_symbols_list"], "FILE", "export symbols of dylibs that FILE lists as one's own", |l, v| {
        let listed = l.read(v, lists::patterns)?;
        l.args.reexported_symbols.extend(listed);
        Ok(())
    }),
    value(&["-exported_symbols_order"], "FILE", "let dyld find the exported symbols that FILE lists first", |l, v| {
        let listed = l.read(v, lists::patterns)?;
        l.args.exported_order.extend(listed);
        Ok(())
    }),
    values(&["-alias"], "SYMBOL ALIAS", "ALIAS is one more name of SYMBOL", |l, v| {
        l.args.aliases.push(Alias { symbol: v[0].bytes(), alias: v[1].bytes() });
        Ok(())
    }),
    value(&["-alias_list"], "FILE", "aliases, one a line: SYMBOL ALIAS", |l, v| {
        let listed = l.read(v, lists::aliases)?;
        l.args.aliases.extend(listed);
        Ok(())
    }),
    plain(&["-twolevel_namespace"], "symbols are bound to the dylib that has them (default)", |l| {
        l.args.flat_namespace = false;
    }),
    plain(&["-flat_namespace"], "symbols are looked up in all images", |l| l.args.flat_namespace = true),
    plain(&["-force_flat_namespace"], "so are those of every dylib of this program", |l| {
        (l.args.flat_namespace, l.args.force_flat_namespace) = (true, true);
    }),
    plain(
        &["-interposable", "-multi_module"],
        "call what is exported through stubs, so that it may be replaced",
        |l| l.args.interposable = Interposable::All,
    ),
    plain(&["-single_module"], "do not (default)", |l| l.args.interposable = Interposable::None),
    value(&["-interposable_list"], "FILE", "the same for the symbols that FILE lists", |l, v| {
        let mut listed = l.read(v, lists::patterns)?;
        match &mut l.args.interposable {
            Interposable::All => {}
            Interposable::Listed(known) => known.append(&mut listed),
            none => *none = Interposable::Listed(listed),
        }
        Ok(())
    }),
    value(&["-commons"], "TREATMENT", "commons that a dylib defines: ignore_dylibs, use_dylibs or error", |l, v| {
        l.args.commons = v.choice(&[
            ("ignore_dylibs", Commons::IgnoreDylibs),
            ("use_dylibs", Commons::UseDylibs),
            ("error", Commons::Error),
        ])?;
        Ok(())
    }),
    plain(&["-d"], "allocate commons even with -r", |l| l.args.define_commons = true),
    plain(&["-warn_commons"], "tell of commons that a dylib defines", |l| l.args.warn_commons = true),
    value(&["-max_default_common_align"], "ALIGN", "bound on the alignment of commons, hexadecimal", |l, v| {
        l.args.max_common_align = Some(v.align_log2()?);
        Ok(())
    }),
    value(
        &["-weak_reference_mismatches"],
        "TREATMENT",
        "symbols referenced weakly by some files only: error, weak or non-weak",
        |l, v| {
            l.args.weak_mismatch = v.choice(&[
                ("error", WeakMismatch::Error),
                ("weak", WeakMismatch::Weak),
                ("non-weak", WeakMismatch::NonWeak),
            ])?;
            Ok(())
        },
    ),
    plain(&["-no_weak_exports"], "an exported weak definition is an error", |l| l.args.no_weak_exports = true),
    plain(&["-warn_weak_exports"], "tell of exported weak definitions", |l| l.args.warn_weak_exports = true),
    plain(&["-no_weak_imports"], "an import that may be missing at run time is an error", |l| {
        l.args.no_weak_imports = true;
    }),
    plain(&["-no_inits"], "a static initialiser is an error", |l| l.args.no_inits = true),
    plain(&["-keep_private_externs"], "with -r: do not make private externs local", |l| {
        l.args.keep_private_externs = true;
    }),
    plain(
        &["-allow_dead_duplicates", "--dead-strip-duplicates"],
        "a definition that is not kept is no duplicate",
        |l| {
            l.args.allow_dead_duplicates = true;
        },
    ),
];

pub(super) const LIVENESS: &[Flag] = &[
    plain(&["-dead_strip"], "drop what nothing refers to", |l| l.args.dead_strip = true),
    value(&["-why_live"], "GLOB", "with -dead_strip: say what keeps the symbols that match", |l, v| {
        l.args.why_live.push(v.pattern());
        Ok(())
    }),
    plain(&["-why_load", "-whyload"], "say for what each member of an archive is linked", |l| l.args.why_load = true),
    plain(&["-no_deduplicate"], "do not fold identical functions (default)", |l| l.args.icf = Icf::None),
    value(&["--icf"], "KIND", "fold identical functions: none, safe (no address is compared) or all", |l, v| {
        l.args.icf =
            v.choice(&[("none", Icf::None), ("safe", Icf::Safe), ("safe_thunks", Icf::Safe), ("all", Icf::All)])?;
        Ok(())
    }),
    value(&["-order_file"], "FILE", "put the symbols that FILE lists first, in its order", |l, v| {
        l.args.order_files.push(v.path());
        Ok(())
    }),
    plain(&["-order_file_statistics"], "tell of lines of the order file that have no effect", |l| {
        l.args.order_file_statistics = true;
    }),
    plain(&["-O0"], "link quickly", |l| l.args.optimize = 0),
    plain(&["-O1"], "optimise (default)", |l| l.args.optimize = 1),
    plain(&["-O2", "-O3", "-Os", "-Oz"], "optimise more", |l| l.args.optimize = 2),
    plain(&["-no_branch_islands"], "a branch that is out of range is an error", |l| l.args.no_branch_islands = true),
    plain(&["-ignore_optimization_hints"], "do not apply the compiler's optimisation hints", |l| {
        l.args.ignore_optimization_hints = true;
    }),
];
