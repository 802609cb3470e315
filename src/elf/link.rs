//! The ELF driver: the link as a table of contents, one line a pass. What a stage has finished is borrowed from there
//! on, so that nothing below can change it.

use super::definitions::Linking;
use super::dynamic::Facts;
use super::gc::Marking;
use super::image::{Image, Tables};
use super::layout::{Chunk, Inputs};
use super::relocatable::Sources;
use super::relocs::Context;
use super::synthesize::{Parts, RelaCounts};
use super::write::Plan;
use super::{
    atoms, check, comdat, definitions, dynamic, dynsym, eh_frame, emit, frames, gc, image, layout, linker_defined,
    load, members, merge, notes, open, order, relocatable, relocs, relr, reports, slots, symbols, symtab, synthesize,
    tail, texts, write,
};
use crate::args::elf::{Args, OutputKind};
use crate::base::diag::Reported;
use crate::base::ids::FileId;
use crate::base::session::{Host, Rest, Session};
use sinew_arena::Bump;
use std::sync::Arc;

/// Links what `args` describes.
pub fn link(args: &Args, cx: &Session, host: Host<'_>) -> Result<(), Reported> {
    // Read: from the command line to files, names, and the files that take part. Nothing is added below this block.
    let texts = texts::open(args, cx)?;
    let opened = open::all(args, cx)?;
    (host.opened)(opened.size());
    let scripts = texts::commands(&opened);
    let rules = texts.rules(args, &scripts, cx)?;
    let mut arenas: Vec<Bump> = (0..cx.par.workers()).map(|_| Bump::new()).collect();
    let names_arena = Bump::new();
    let root_names = check::root_names(args, &rules);
    let files = &load::parse(&members::choose(&opened, &root_names, args, cx)?, &mut arenas, cx)?;
    let own_names = linker_defined::names(args, &rules.assigned, &rules.roots, &names_arena);
    let mut interned = symbols::intern(files, &own_names, &names_arena, args, cx)?;
    symbols::wrap(&mut interned, files, args);
    let (interned, roots) = (&interned, &check::roots(args, &interned, &root_names));
    let live = symbols::extract(files, interned, roots, cx);
    reports::inputs(files, interned, &live, &opened, args, cx)?;
    check::intermediate_code(files, interned, &live, cx)?;

    // Resolve: one definition for each name, one output section for each atom. Definitions are final below this block.
    let linking = Linking::new(args, files.iter().any(|(f, file)| file.shared().is_some() && live.contains(f.idx())));
    let mut numbering = atoms::Numbering::new(files, live, cx)?;
    let dropped = &comdat::choose(files, interned, &numbering, cx);
    let is_dropped = |f: FileId, section: u32| dropped.contains(numbering.atom(f, section).idx());
    let mut resolved = symbols::resolve(files, interned, numbering.live(), &is_dropped, cx);
    check::duplicates(files, interned, &numbering, &resolved, &is_dropped, args, cx)?;
    if args.kind == OutputKind::Relocatable {
        // Nothing gets an address: the rest of this link is another linker's.
        let (numbering, resolved, assigned, retained) = (&numbering, &resolved, &rules.assigned[..], texts.retained());
        let sources = Sources { args, files, interned, numbering, dropped, resolved, roots, assigned, retained };
        let leftover = relocatable::link(&sources, cx)?;
        check::unchanged(&opened, cx)?;
        reports::finished(None, &opened, &texts, args, cx)?;
        (host.done)(Rest::new(leftover, &opened.maps));
        return Ok(());
    }
    check::commons(files, interned, &numbering, &resolved, args, cx);
    let atoms = &atoms::assign(files, &numbering, dropped, args, cx)?;
    let own = (&rules.assigned[..], atoms);
    let (synthetic, commons) = linker_defined::provide(files, interned, &numbering, &mut resolved, own, args, cx);
    let (matchers, is_excluded) = (rules.matchers(), |f| check::is_excluded(&files[f], args));
    let export = matchers.export(&rules, &is_excluded);
    let (resolved, places) = ((resolved, synthetic), (&numbering, atoms));
    let mut definitions = definitions::compute(files, interned, resolved, places, &export, linking, args, cx);
    check::versions(&export, files, interned, &definitions, args, cx)?;
    check::sections(files, &numbering, atoms, args, cx)?;
    check::required(args, interned, &definitions, cx)?;

    // Keep: which atoms the output has, and what their relocations need. Every user error that can be known is reported
    // at the end of this block.
    let frames = &frames::parse(files, &numbering, atoms, cx)?;
    let marking = Marking { files, interned, numbering: &numbering, definitions: &definitions, atoms, frames, roots };
    let (kept, libraries) = &gc::mark(&marking, args, cx);
    reports::unused_sections(&marking, kept, args, cx)?;
    let is_needed = |f: FileId| libraries.contains(f.idx()) || !numbering.is_live(f);
    let unneeded = definitions.leave_out(files, &is_needed, linking, args);
    unneeded.into_iter().for_each(|f| numbering.leave_out(f));
    let (numbering, definitions) = (&numbering, &definitions);
    let c = &Context { args, linking, files, interned, definitions, numbering, atoms, kept };
    check::warnings(c, cx);
    let mut needs = relocs::scan(c, frames, cx)?;
    check::references(c, &needs, cx)?;

    // Plan: how much there is of everything, then which bytes go where. Addresses are final below this block.
    let mut slots = slots::assign(c, &needs, cx);
    let dynsym = &dynsym::build(c, &needs, &rules.versions, &mut slots, cx);
    let packed = relr::Words::new(c, &mut needs, &slots);
    let (slots, needs) = (&slots, &needs);
    let merged = &merge::merge(files, numbering, atoms, kept, &notes::COMMENT, cx);
    let mut sizes = layout::sizes(files, numbering, atoms, kept, cx)?;
    order::apply(files, numbering, atoms, &mut sizes, args, cx);
    let frame_plan = &eh_frame::plan(c, frames, cx);
    let mut symtab = symtab::plan(c, texts.retained(), cx);
    let (property, ibt) = notes::properties(files, numbering, atoms, args, cx);
    let rela = RelaCounts::new(needs, slots, args, linking);
    let parts = Parts { c, needs, slots, dynsym, rela, frame_plan, symtab: &symtab, property: &property, ibt };
    let chunks = synthesize::chunks(&parts, !packed.is_empty());
    let (copies, exec_stack) = (slots.copies_extents(), check::executable_stack(files, atoms, args, cx));
    let inputs = Inputs { args, atoms, merged, commons: linker_defined::extents(&commons), copies, exec_stack };
    let mut list = layout::sections(&inputs, &sizes, chunks);
    let emitted = &emit::plan(c, (frames, frame_plan), &sizes, &mut symtab, &mut list);
    let symtab = &symtab;
    let mut dynamic = Facts::new(c, needs, dynsym, rela);
    let section_names = write::section_names(&list);
    let dynamic_size = dynamic::build(args, &dynamic, &list).len() as u64;
    layout::resize(&mut list, Chunk::Dynamic, dynamic_size);
    layout::resize(&mut list, Chunk::Shstrtab, section_names.0.len() as u64);
    let (mut layout, relr) = relr::place(&packed, c, &inputs, (Arc::new(sizes), list), cx)?;
    let atom_addr = image::atom_addresses(c, &mut layout, cx);
    let (layout, tables) = (&layout, Tables::new(&layout));
    let exprs = (&rules.assigned[..], &texts::asserts(&scripts)[..]);
    let (symbol_addr, own) = image::addresses(c, layout, (merged, &atom_addr), slots, &commons, exprs, cx)?;
    let near = image::near(c, &atom_addr, &symbol_addr, cx);
    let image = Image {
        c,
        layout,
        merged,
        slots,
        needs,
        dynsym,
        frames,
        frame_plan,
        commons: &commons,
        tables,
        atom_addr,
        near,
        symbol_addr,
        synthetic_section: own,
    };

    // Write: every job owns bytes that no other job sees; the file appears whole, or not at all.
    dynamic.locate(|name| write::address_of(&image, name.as_bytes()), args);
    let entry = check::entry(&image, args, rules.entry, cx);
    let late = Vec::new();
    let mut plan = Plan { rela, relr, emitted, symtab, dynamic, property: &property, ibt, section_names, entry, late };
    plan.late = tail::build(&image, &plan, args, cx);
    let closed_up = tail::place(layout, &plan.late, args);
    let image = Image { layout: closed_up.as_ref().unwrap_or(layout), ..image };
    reports::layout(&image, args, cx)?;
    let leftover = write::all(&image, &plan, args, cx)?;
    check::unchanged(&opened, cx)?;
    reports::finished(Some(&image), &opened, &texts, args, cx)?;
    (host.done)(Rest::new(leftover, &opened.maps));
    Ok(())
}
