//! The ELF driver: the link as a table of contents.

use super::definitions::{Export, Linking};
use super::layout::{self, Chunk, Inputs};
use super::relocatable::{self, Sources};
use super::relocs::{self, Context};
use super::symbols;
use super::version_script::Matcher;
use super::write::{self, Plan};
use super::{
    atoms, check, comdat, definitions, dynamic, dynsym, eh_frame, emit, frames, gc, image, linker_defined, load, merge,
    notes, open, order, relr, reports, slots, symtab, synthesize, tail, texts,
};
use crate::args::elf::{Args, OutputKind};
use crate::base::diag::Reported;
use crate::base::ids::FileId;
use crate::base::session::{Host, Session};
use sinew_arena::Bump;
use std::sync::Arc;

/// Links what `args` describes.
pub fn link(args: &Args, cx: &Session, host: Host<'_>) -> Result<(), Reported> {
    // Read: from the command line to files, names, and the files that take part. Nothing is added below this block.
    let texts = texts::open(args, cx)?;
    let opened = open::all(args, cx)?;
    (host.opened)(opened.maps.iter().map(|m| m.bytes().len() as u64).sum());
    let scripts = texts::commands(&opened);
    let assigned = texts::assigned(args, &scripts, cx)?;
    let (script_roots, script_entry) = texts::roots(&scripts);
    let (mut arenas, names_arena) = (bumps(cx), Bump::new());
    let files = load::parse(&opened, &mut arenas, cx)?;
    let own_names = linker_defined::names(args, &assigned, &script_roots, &names_arena);
    let mut interned = symbols::intern(&files, &own_names, &names_arena, cx)?;
    symbols::wrap(&mut interned, &files, args);
    let roots = check::roots(args, &interned, &assigned, &script_roots);
    let live = symbols::extract(&files, &interned, &roots, cx);
    reports::inputs(&files, &interned, &live, &opened, args, cx)?;
    check::intermediate_code(&files, &interned, &live, cx)?;

    // Resolve: one definition for each name, one output section for each atom. Definitions are final below this block.
    let any_shared = files.iter().any(|(f, file)| file.shared().is_some() && live.contains(f.idx()));
    let linking = Linking::new(args, any_shared);
    let mut numbering = atoms::Numbering::new(&files, live, cx)?;
    let dropped = comdat::choose(&files, &interned, &numbering, cx);
    let is_dropped = |f: FileId, section: u32| dropped.contains(numbering.atom(f, section).idx());
    let mut resolved = symbols::resolve(&files, &interned, numbering.live(), &is_dropped, cx);
    check::duplicates(&files, &interned, &numbering, &resolved, &is_dropped, args, cx)?;
    if args.kind == OutputKind::Relocatable {
        // Nothing gets an address: the rest of this link is another linker's.
        let (files, interned, numbering, resolved) = (&files, &interned, &numbering, &resolved);
        let (dropped, roots, assigned) = (&dropped, &roots[..], &assigned[..]);
        let sources = Sources { args, files, interned, numbering, dropped, resolved, roots, assigned };
        let leftover = relocatable::link(&sources, cx)?;
        check::unchanged(&opened, cx)?;
        reports::finished(None, &opened, &texts, args, cx)?;
        (host.done)(leftover);
        return Ok(());
    }
    check::commons(&files, &interned, &numbering, &resolved, args, cx);
    let atoms = atoms::assign(&files, &numbering, &dropped, args, cx)?;
    let own = (&assigned[..], &atoms);
    let (synthetic, commons) = linker_defined::provide(&files, &interned, &numbering, &mut resolved, own, args, cx);
    let versions = texts.versions(&scripts, cx);
    let dynamic_list = texts.dynamic_list(cx);
    let export_list = texts.export_list(cx);
    cx.diag.checkpoint()?;
    let version_matcher = (!versions.is_empty()).then(|| Matcher::new(&versions));
    let list_matcher = dynamic_list.as_ref().map(Matcher::new);
    let export_matcher = export_list.as_ref().map(Matcher::new);
    let export = Export {
        versions: version_matcher.as_ref(),
        nodes: &versions,
        dynamic_list: list_matcher.as_ref(),
        export_list: export_matcher.as_ref(),
        excluded: &|f| check::is_excluded(&files[f], args),
    };
    let mut definitions = definitions::compute(
        &files,
        &interned,
        (resolved, synthetic),
        (&numbering, &atoms),
        &export,
        linking,
        args,
        cx,
    );
    check::versions(&export, &files, &interned, &definitions, args, cx)?;
    check::sections(&files, &numbering, &atoms, args, cx)?;
    check::required(args, &interned, &definitions, cx)?;

    // Keep: which atoms the output has, and what their relocations need.
    let frames = frames::parse(&files, &numbering, &atoms, cx)?;
    let (kept, libraries) = gc::mark(
        &gc::Marking {
            files: &files,
            interned: &interned,
            numbering: &numbering,
            definitions: &definitions,
            atoms: &atoms,
            frames: &frames,
            roots: &roots,
        },
        args,
        cx,
    );
    reports::unused_sections(&files, &numbering, &atoms, &kept, args, cx)?;
    let is_needed = |f: FileId| libraries.contains(f.idx()) || !numbering.is_live(f);
    let unneeded = definitions.leave_out(&files, &is_needed, linking, args);
    unneeded.into_iter().for_each(|f| numbering.leave_out(f));
    let context = Context {
        args,
        linking,
        files: &files,
        interned: &interned,
        definitions: &definitions,
        numbering: &numbering,
        atoms: &atoms,
        kept: &kept,
    };
    check::warnings(&context, cx);
    check::unsupported(args, cx);
    let mut needs = relocs::scan(&context, &frames, cx)?;
    check::text_relocations(&needs, args, cx);
    check::shared_undefined(&context, cx)?;

    // Plan: which bytes go where. Every user error that can be known is reported by now; addresses are final below.
    let mut slots = slots::assign(&context, &needs, cx);
    let comment = format!("Linker: sinew {}", env!("CARGO_PKG_VERSION"));
    let extra = merge::Extra { section: b".comment", text: comment.as_bytes() };
    let merged = merge::merge(&files, &numbering, &atoms, &kept, &extra, cx);
    let mut sizes = layout::sizes(&files, &numbering, &atoms, &kept, cx)?;
    order::apply(&files, &numbering, &atoms, &mut sizes, args, cx);
    let frame_plan = eh_frame::plan(&context, &frames, cx);
    let sources = dynsym::Sources {
        args,
        linking,
        files: &files,
        is_live: &|f| numbering.is_live(f),
        interned: &interned,
        definitions: &definitions,
        kept: &kept,
        needs: &needs,
        versions: &versions,
    };
    let dynsym = dynsym::build(&sources, &mut slots, cx);
    let mut symtab = symtab::plan(&context, texts.retained(), cx);
    let (property, ibt) = notes::properties(&files, &numbering, &atoms, args, cx);
    let rela = synthesize::RelaCounts::new(&needs, &slots, args, linking);
    let packed = relr::Words::new(&context, &mut needs, &slots);
    let chunks = synthesize::chunks(&synthesize::Parts {
        args,
        linking,
        needs: &needs,
        slots: &slots,
        dynsym: &dynsym,
        rela,
        relr: !packed.is_empty(),
        frames: &frame_plan,
        symtab: &symtab,
        property: &property,
        ibt,
    });
    let inputs = Inputs {
        args,
        atoms: &atoms,
        merged: &merged,
        commons: [false, true].map(|tls| linker_defined::commons_size(&commons, tls)),
        copies: slots.copies_extents(),
        relro_got_plt: args.z.now,
        exec_stack: check::executable_stack(&files, &atoms, args, cx),
    };
    let mut list = layout::sections(&inputs, &sizes, chunks);
    let mut facts = dynamic::Facts {
        strings: dynsym.tags.clone(),
        init: check::defined(&interned, &definitions, &args.init).map(|_| 0),
        fini: check::defined(&interned, &definitions, &args.fini).map(|_| 0),
        relative_count: rela.relative.0 + rela.relative.1,
        version_counts: (dynsym.verdef.1, dynsym.verneed.1),
        static_tls: needs.static_tls,
        text_relocations: needs.text_relocations,
    };
    let emitted = emit::plan(&context, (&frames, &frame_plan), &sizes, &mut symtab, &mut list);
    let section_names = write::section_names(&list);
    let dynamic_size = dynamic::build(args, &facts, &list).len() as u64;
    layout::resize(&mut list, Chunk::Dynamic, dynamic_size);
    layout::resize(&mut list, Chunk::Shstrtab, section_names.0.len() as u64);
    let (layout, relr) = relr::place(&packed, &context, &inputs, (Arc::new(sizes), list), cx)?;
    let (symbol_addr, synthetic_section) =
        image::addresses(&context, &layout, &merged, &slots, &commons, (&assigned, &texts::asserts(&scripts)), cx)?;
    let image = image::Image {
        c: &context,
        layout: &layout,
        merged: &merged,
        slots: &slots,
        needs: &needs,
        dynsym: &dynsym,
        frames: &frames,
        frame_plan: &frame_plan,
        commons: &commons,
        tables: image::Tables::new(&layout),
        atom_addr: image::atom_addresses(&context, &layout, cx),
        symbol_addr,
        synthetic_section,
    };

    // Write: every job owns bytes that no other job sees; the file appears whole, or not at all.
    facts.init = facts.init.and(write::address_of(&image, args.init.as_bytes()));
    facts.fini = facts.fini.and(write::address_of(&image, args.fini.as_bytes()));
    let entry = check::entry(&image, args, script_entry, cx);
    let mut plan = Plan {
        rela,
        relr,
        emitted: &emitted,
        symtab: &symtab,
        dynamic: facts,
        property: &property,
        ibt,
        section_names,
        entry,
        late: Vec::new(),
    };
    plan.late = tail::build(&image, &plan, args, cx);
    let closed_up = tail::place(&layout, &plan.late, args);
    let image = image::Image { layout: closed_up.as_ref().unwrap_or(&layout), ..image };
    reports::layout(&image, args, cx)?;
    let leftover = write::all(&image, &plan, args, cx)?;
    check::unchanged(&opened, cx)?;
    reports::finished(Some(&image), &opened, &texts, args, cx)?;
    (host.done)(leftover);
    Ok(())
}

/// An arena for each worker.
fn bumps(cx: &Session) -> Vec<Bump> {
    (0..cx.par.workers()).map(|_| Bump::new()).collect()
}
