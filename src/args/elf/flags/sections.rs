//! Which sections are kept, how they are ordered, merged and compressed.

use super::super::SortSection;
use super::{Flag, optional, plain, switch, value};

pub(super) const FLAGS: &[Flag] = &[
    switch(&["--gc-sections"], "drop sections that nothing reaches", |l, on| l.args.gc_sections = on),
    optional(&["--print-gc-sections"], "FILE", "list the sections dropped, to standard output or FILE", |l, v| {
        l.args.print_gc_sections = Some(v.map(|v| v.path()));
        Ok(())
    }),
    plain(&["--no-print-gc-sections"], "cancel --print-gc-sections", |l| l.args.print_gc_sections = None),
    value(&["--why-live"], "GLOB", "print what keeps each symbol that matches", |l, v| {
        l.args.why_live.push(v.text()?);
        Ok(())
    }),
    switch(&["--gc-keep-exported"], "exported symbols keep their sections", |l, on| l.args.gc_keep_exported = on),
    optional(&["-O"], "LEVEL", "effort: 0, 1 (default) or 2, which also merges the tails of strings", |l, v| {
        let level = v.map_or(Ok(1), |v| v.count())?;
        l.args.optimize = u32::try_from(level).unwrap_or(u32::MAX);
        Ok(())
    }),
    switch(&["--relax"], "replace instructions by cheaper ones where addresses allow (default)", |l, on| {
        l.args.relax = on;
    }),
    value(
        &["--sort-section"],
        "KEY",
        "order the input sections that a script's pattern matches: name, alignment, none",
        |l, v| {
            l.args.sort_section = v.choice(&[
                ("name", SortSection::Name),
                ("alignment", SortSection::Alignment),
                ("none", SortSection::None),
            ])?;
            Ok(())
        },
    ),
    optional(
        &["--unique"],
        "GLOB",
        "with -r, do not merge input sections that match, or any that no script places",
        |l, v| {
            l.args.unique.push(v.map_or_else(|| Ok("*".into()), |v| v.text())?);
            Ok(())
        },
    ),
    switch(&["-q", "--emit-relocs"], "keep the relocations of sections in the output", |l, on| l.args.emit_relocs = on),
    value(
        &["--orphan-handling"],
        "HOW",
        "place (the only one supported): where sections go that no script mentions",
        |_, v| match v.str()? {
            "place" => Ok(()),
            "warn" | "error" | "discard" => Err(v.wrong("is not supported: only 'place' is; use ld.bfd or ld.lld")),
            _ => Err(v.wrong("is not one of place, warn, error, discard")),
        },
    ),
    value(&["--compress-debug-sections"], "KIND", "none (default), zlib or zstd", |l, v| {
        l.args.compress_debug = v.compression()?;
        Ok(())
    }),
    switch(&["--gdb-index"], "write an index of the debug information for gdb", |l, on| l.args.gdb_index = on),
    value(&["--icf"], "WHICH", "fold identical code: none; safe and all are accepted with a warning", |l, v| {
        if v.choice(&[("none", false), ("safe", true), ("all", true)])? {
            l.warn(format!(
                "{}={}: identical code is not folded yet; the output is only larger",
                v.flag,
                v.raw.display()
            ));
        }
        Ok(())
    }),
    plain(&["--no-icf"], "identical code is kept apart (default)", |_| ()),
];
