//! The Mach-O driver: the link as a table of contents.

use super::commands::{self, Facts};
use super::linkedit::{self, Sources as LinkeditSources};
use super::relocs::{self, Context};
use super::sections::{self, Chunk};
use super::write::{self, Plan};
use super::{
    atoms, check, collect, dead_strip, debug_map, definitions, exports, functions, hints, icf, image, imports,
    init_offsets, layout, literals, load, order, own, reports, slots, symtab, synthetic, thunks, unwind,
};
use crate::args::macho::{Args, Icf, OutputKind};
use crate::base::diag::Reported;
use crate::base::session::{Host, Session};

/// Links what `args` describes.
pub fn link(args: &Args, cx: &Session, host: Host<'_>) -> Result<(), Reported> {
    if args.kind == OutputKind::Relocatable {
        let text = "-r of Mach-O objects is not built yet; link the objects themselves, or use Apple's ld -r";
        return Err(cx.diag.fail(text));
    }
    // Load: from the command line to files, names, and the files that take part. Nothing is added below this block.
    let (rounds, arena, mut arenas) = load::stores(cx);
    let loaded = load::closure(args, (&rounds, &arena, &mut arenas), cx)?;
    (host.opened)(rounds.all().map(|map| map.bytes().len() as u64).sum());
    reports::inputs(&loaded, &rounds, args, cx)?;
    let load::Loaded { files, interned, live, target, .. } = &loaded;

    // Resolve: one definition for each name. Definitions are final below this block.
    let resolved = super::symbols::resolve(files, interned, live, args.commons, cx);
    check::duplicates(files, interned, live, &resolved, cx)?;
    check::commons(files, interned, &resolved, args, cx)?;
    let own = own::provide(files, interned, live, &resolved, args, cx);
    let mut atoms = atoms::assign(files, live, own.commons, interned, &resolved, cx);
    literals::merge_bytes(&mut atoms, files, live, cx);
    let (exported, interposable) = (exports::exported(args, cx)?, exports::interposable(args, cx)?);
    let definitions = definitions::compute(
        definitions::Sources {
            files,
            interned,
            resolved,
            atoms: &atoms,
            own: own.names,
            boundaries: own.boundaries,
            exports: &exported,
            interposable: &interposable,
        },
        args,
        cx,
    );

    // Keep: which atoms the output has, and what their relocations need. Atoms fold into others until here.
    let context = Context { args, files, live, interned, definitions: &definitions, atoms: &atoms };
    let records = unwind::parse(&context, cx)?;
    let equal = literals::equal_pointers(&context, cx);
    atoms.fold_all(equal);
    if args.dead_strip {
        let context = Context { args, files, live, interned, definitions: &definitions, atoms: &atoms };
        atoms.kept = dead_strip::mark(&context, &records, &exported, cx);
    }
    let mut initialisers = Vec::new();
    if args.init_offsets(loaded.arch, *target) {
        let context = Context { args, files, live, interned, definitions: &definitions, atoms: &atoms };
        (initialisers, atoms.kept) = init_offsets::take(&context, cx)?;
    }
    if args.icf != Icf::None {
        let context = Context { args, files, live, interned, definitions: &definitions, atoms: &atoms };
        atoms.fold_all(icf::identical(&context, &records, cx));
    }
    let context = Context { args, files, live, interned, definitions: &definitions, atoms: &atoms };
    let mut needs = relocs::scan(&context, cx);
    cx.diag.checkpoint()?;
    unwind::need_personalities(&context, &records, &mut needs);
    check::undefined(&context, &needs, cx)?;
    let entry = check::entry(&context, &mut needs, cx)?;

    // Plan: which bytes go where. Every user error that can be known is reported by now; addresses are final below.
    let chained = args.chained_fixups(loaded.arch, *target);
    let frames = unwind::frames(&context, &records, cx)?;
    let slots = slots::assign(&context, &needs, !chained && !args.bind_at_load, cx);
    let imports = imports::collect(&context, &needs, slots.binder, cx)?;
    let chunks =
        synthetic::chunks(&slots, args.compact_unwind && records.any_kept(&context), frames.size(), initialisers.len());
    let mut list = sections::build(&context, &chunks, *target, cx)?;
    order::apply(&context, &mut list, cx)?;
    symtab::number_indirect(&mut list);
    let outline = layout::outline(&list, args);
    let mut facts = Facts {
        args,
        target: *target,
        files,
        imports: &imports,
        segments: &outline,
        sections: &list.clone(),
        flags: commands::flags(&context, &imports, needs.thread_local),
        chained,
        signed: args.adhoc_codesign(loaded.arch, *target),
        linkedit: commands::Linkedit::default(),
        entry: 0,
        uuid: [0; 16],
        init: args.init.as_ref().map(|_| 0),
    };
    let mut unwound = unwind::Unwind::default();
    let mut late = |chunk: Chunk, addresses: &[u64], base: u64| match chunk {
        Chunk::UnwindInfo => {
            unwound = unwind::plan(&context, (&records, &frames), addresses, base, cx)?;
            Ok(Some((unwound.plan.size, unwound.complete)))
        }
        _ => Ok(None),
    };
    let pools = thunks::plan(&context, &list, &slots, cx);
    let layout = layout::place((list, pools), commands::size(&facts), (files, &atoms), &mut late, args, cx)?;
    let image = image::Image::new(context, layout, &slots);

    // Tail: what describes the image, now that all addresses are known.
    let fixups = collect::fixups(&image, &imports, cx);
    cx.diag.checkpoint()?;
    let section_of = sections::by_atom(&image.layout.sections, atoms.len());
    let locals = exports::locals(args, cx)?;
    let stabs = debug_map::build(&image, &section_of, cx);
    let tail = linkedit::build(
        LinkeditSources {
            image: &image,
            imports: &imports,
            fixups: &fixups,
            function_starts: functions::starts(&image, args, cx),
            data_in_code: functions::data_in_code(&image, args),
            symtab: symtab::build(&image, &imports, &section_of, stabs, &|name| locals.allows(name), cx),
            chained,
            target: *target,
        },
        cx,
    )?;
    let made = [
        (Chunk::UnwindInfo, unwind::write(&image, &unwound)),
        (Chunk::InitOffsets, init_offsets::write(&image, &initialisers)),
        (Chunk::EhFrame, unwind::write_frames(&image, &records, &frames, cx)?),
    ];
    facts.segments = &image.layout.segments;
    facts.sections = &image.layout.sections;
    facts.linkedit = tail.parts;
    let init = args.init.as_ref().and_then(|name| interned.names.find(name));
    facts.init = init.and_then(|id| image.branch(relocs::Target::Symbol(id)));
    facts.entry = entry.and_then(|id| image.branch(relocs::Target::Symbol(id))).map_or(0, |a| a - image.layout.base);

    // Write: every job owns bytes that no other job sees; the file appears whole, or not at all.
    let hints = hints::parse(&context, cx);
    let plan = Plan { fixups: &fixups, tail: &tail, hints: &hints, made: &made };
    let leftover = write::all(&image, &plan, &facts, cx)?;
    reports::finished(&image, loaded.arch, &rounds, cx)?;
    (host.done)(leftover);
    Ok(())
}
