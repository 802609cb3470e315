//! What is in `__LINKEDIT` and what is made for the runtime: fixups, unwind tables, Objective-C, signature, debug map.

use super::super::{ObjcStubs, Uuid, lists};
use super::{Flag, plain, switch, value};

pub(super) const FLAGS: &[Flag] = &[
    switch(&["-fixup_chains"], "LC_DYLD_CHAINED_FIXUPS rather than LC_DYLD_INFO (default by system)", |l, on| {
        l.args.fixup_chains = Some(on);
    }),
    switch(
        &["-init_offsets"],
        "initialisers are offsets that need no fixups (default with chained fixups)",
        |l, on| {
            l.args.init_offsets = Some(on);
        },
    ),
    plain(&["-bind_at_load"], "bind everything when the image is loaded", |l| l.args.bind_at_load = true),
    switch(&["-function_starts"], "a table of functions (default but with -r)", |l, on| {
        l.args.function_starts = Some(on);
    }),
    switch(&["-data_in_code_info"], "a table of data among code (default)", |l, on| l.args.data_in_code = Some(on)),
    plain(&["-no_compact_unwind"], "no __unwind_info", |l| l.args.compact_unwind = false),
    switch(&["-keep_dwarf_unwind"], "keep DWARF of functions that compact unwind describes", |l, on| {
        l.args.keep_dwarf_unwind = Some(on);
    }),
    plain(&["-warn_compact_unwind"], "tell of functions that only DWARF describes", |l| {
        l.args.warn_compact_unwind = true;
    }),
    plain(&["-objc_stubs_fast"], "message stubs that branch to the function themselves (default)", |l| {
        l.args.objc_stubs = ObjcStubs::Fast;
    }),
    plain(&["-objc_stubs_small"], "message stubs that share one branch", |l| l.args.objc_stubs = ObjcStubs::Small),
    switch(&["-objc_relative_method_lists"], "method lists without pointers (default by system)", |l, on| {
        l.args.relative_method_lists = Some(on);
    }),
];

pub(super) const IDENTITY: &[Flag] = &[
    switch(&["-adhoc_codesign"], "sign ad hoc (default on arm64 for macOS and simulators)", |l, on| {
        l.args.adhoc_codesign = Some(on);
    }),
    plain(&["-no_uuid"], "no LC_UUID", |l| l.args.uuid = Uuid::None),
    plain(&["-random_uuid"], "a random LC_UUID rather than a hash of the content", |l| l.args.uuid = Uuid::Random),
    plain(&["-S"], "no debug map", |l| l.args.strip_debug = true),
    plain(&["-x"], "no local symbols", |l| l.no_locals = true),
    plain(&["-s"], "neither", |l| (l.args.strip_debug, l.no_locals) = (true, true)),
    value(&["-non_global_symbols_no_strip_list"], "FILE", "of local symbols, only those that FILE lists", |l, v| {
        let listed = l.read(v, lists::patterns)?;
        l.kept_locals.get_or_insert_default().extend(listed);
        Ok(())
    }),
    value(&["-non_global_symbols_strip_list"], "FILE", "no local symbols that FILE lists", |l, v| {
        let listed = l.read(v, lists::patterns)?;
        l.dropped_locals.get_or_insert_default().extend(listed);
        Ok(())
    }),
    value(&["-oso_prefix"], "DIR", "cut DIR (. is the current folder) off the paths in the debug map", |l, v| {
        l.args.oso_prefix = Some(v.raw.to_owned());
        Ok(())
    }),
    plain(&["-reproducible"], "the debug map has no times", |l| l.args.reproducible = true),
    value(&["-add_ast_path"], "FILE", "a Swift module for the debug map", |l, v| {
        l.args.ast_paths.push(v.raw.to_owned());
        Ok(())
    }),
];
