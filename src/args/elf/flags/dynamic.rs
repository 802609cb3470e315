//! What the dynamic section and the notes tell the loader.

use super::super::{BuildId, Relr};
use super::{Flag, optional, plain, switch, value};

pub(super) const FLAGS: &[Flag] = &[
    value(&["-h", "--soname"], "NAME", "the name by which programs ask for this library", |l, v| {
        l.args.soname = Some(v.text()?);
        Ok(())
    }),
    value(&["--rpath"], "DIR", "look in DIR for libraries at run time", |l, v| {
        l.rpath(v.str()?);
        Ok(())
    }),
    value(&["--rpath-link"], "DIR", "look in DIR at link time for the libraries of libraries", |l, v| {
        l.args.rpath_link.extend(v.split_paths());
        Ok(())
    }),
    plain(&["--enable-new-dtags"], "write --rpath as DT_RUNPATH (default)", |l| l.args.new_dtags = true),
    plain(&["--disable-new-dtags"], "write --rpath as DT_RPATH", |l| l.args.new_dtags = false),
    value(&["--hash-style"], "STYLE", "symbol hash tables: gnu, sysv, both (default), none", |l, v| {
        let all = [("gnu", (true, false)), ("sysv", (false, true)), ("both", (true, true)), ("none", (false, false))];
        (l.args.hash_gnu, l.args.hash_sysv) = v.choice(&all)?;
        Ok(())
    }),
    switch(&["--eh-frame-hdr"], "write a search table for exception handling", |l, on| l.args.eh_frame_hdr = on),
    optional(
        &["--build-id"],
        "KIND",
        "identify the output: fast (default), md5, sha1, sha256, uuid, 0xHEX, none",
        |l, v| {
            l.args.build_id = v.map_or(Ok(BuildId::Fast), |v| v.build_id())?;
            Ok(())
        },
    ),
    plain(&["--no-build-id"], "no build-id", |l| l.args.build_id = BuildId::None),
    optional(&["--package-metadata"], "JSON", "a note about the package; %XX is a byte", |l, v| {
        let text = v.map(|v| v.percent_decoded()).transpose()?;
        l.args.package_metadata = text.filter(|text| !text.is_empty());
        Ok(())
    }),
    value(&["--pack-dyn-relocs"], "HOW", "none (default) or relr: pack relative relocations", |l, v| {
        l.args.relr = match v.str()? {
            "none" => Relr::None,
            "relr" => Relr::Packed,
            "android" | "android+relr" => return Err(v.wrong("is not supported; use relr, or ld.lld")),
            _ => return Err(v.wrong("is not one of none, relr")),
        };
        Ok(())
    }),
    value(&["-F", "--filter"], "NAME", "this library filters the symbols of NAME", |l, v| {
        l.args.filter.push(v.text()?);
        Ok(())
    }),
    value(&["-f", "--auxiliary"], "NAME", "as --filter, where NAME may be missing at run time", |l, v| {
        l.args.auxiliary.push(v.text()?);
        Ok(())
    }),
    value(&["--audit"], "NAME", "audit library", |l, v| {
        join(&mut l.args.audit, v.str()?);
        Ok(())
    }),
    value(&["-P", "--depaudit"], "NAME", "audit library for dependencies", |l, v| {
        join(&mut l.args.depaudit, v.str()?);
        Ok(())
    }),
    value(&["--spare-dynamic-tags"], "N", "empty entries at the end of the dynamic section", |l, v| {
        // Room for tools that add an entry or two; a number beyond any file is a mistake and not a size.
        l.args.spare_dynamic_tags =
            v.count().ok().filter(|&n| n <= 1 << 16).ok_or_else(|| v.wrong("is no such count"))?;
        Ok(())
    }),
    switch(&["--apply-dynamic-relocs"], "also write addends where dynamic relocations apply", |l, on| {
        l.args.apply_dynamic_relocs = on;
    }),
];

/// Appends `name` to a list joined by colons.
fn join(list: &mut String, name: &str) {
    if !list.is_empty() {
        list.push(':');
    }
    list.push_str(name);
}
