//! The Mach-O driver: the link as a table of contents.

use super::commands::{self, Facts};
use super::linkedit::{self, Sources as LinkeditSources};
use super::sections::{self, Chunk};
use super::write::{self, Plan};
use super::{
    atoms, check, collect, dead_strip, debug_map, definitions, exports, functions, hints, icf, image, image_info,
    imports, init_offsets, layout, literals, load, order, own, policies, relocatable, relocs, reports, slots, symtab,
    synthetic, thunks, undefined, unwind, why_live,
};
use crate::args::macho::{Args, Icf, OutputKind};
use crate::base::diag::Reported;
use crate::base::session::{Host, Rest, Session};

/// Links what `args` describes.
pub fn link(args: &Args, cx: &Session, host: Host<'_>) -> Result<(), Reported> {
    check::supported(args, cx)?;

    // Load: from the command line to files, names, and the files that take part. Nothing is added below this block.
    let (rounds, arena, mut arenas) = load::stores(cx);
    let loaded = load::closure(args, (&rounds, &arena, &mut arenas), cx)?;
    (host.opened)(rounds.all().map(|map| map.bytes().len() as u64).sum());
    reports::inputs(&loaded, &rounds, args, cx)?;
    let load::Loaded { files, interned, live, target, .. } = &loaded;

    // Resolve: one definition for each name. Definitions are final below this block.
    let resolved = super::symbols::resolve(files, interned, live, args.commons, cx);
    check::duplicates(files, interned, live, &resolved, args, cx)?;
    check::commons(files, interned, &resolved, args, cx)?;
    if args.kind == OutputKind::Relocatable {
        // Nothing gets an address: the rest of this link is another linker's.
        (host.done)(Rest::new(relocatable::link(&loaded, resolved, &rounds, args, cx)?, rounds.all()));
        return Ok(());
    }
    let own = own::provide(files, interned, live, &resolved, args, cx);
    let mut atoms = atoms::assign(files, live, own.commons, interned, &resolved, cx);
    literals::merge_bytes(&mut atoms, files, live, cx);
    let (exportable, interposable) = (exports::exportable(args, cx)?, exports::interposable(args, cx)?);
    let definitions = definitions::compute(
        definitions::Sources {
            files,
            interned,
            resolved,
            atoms: &atoms,
            own: own.names,
            boundaries: own.boundaries,
            exports: &exportable,
            interposable: &interposable,
        },
        args,
        cx,
    );

    // Keep: which atoms the output has, and what their relocations need. Atoms fold into others until here.
    let records = unwind::parse(&loaded.context(args, &definitions, &atoms), cx)?;
    atoms.fold_all(literals::equal_pointers(&loaded.context(args, &definitions, &atoms), cx));
    if args.dead_strip {
        atoms.kept = dead_strip::mark(&loaded.context(args, &definitions, &atoms), &records, &exportable, cx);
        check::live_duplicates(&loaded.context(args, &definitions, &atoms), cx)?;
        why_live::explain(&loaded.context(args, &definitions, &atoms), &records, &exportable, cx)?;
    }
    let mut initialisers = Vec::new();
    if args.init_offsets(loaded.arch, *target) {
        (initialisers, atoms.kept) = init_offsets::take(&loaded.context(args, &definitions, &atoms), cx)?;
    }
    if args.icf != Icf::None {
        atoms.fold_all(icf::identical(&loaded.context(args, &definitions, &atoms), &records, cx));
    }
    let context = loaded.context(args, &definitions, &atoms);
    let mut needs = relocs::scan(&context, cx);
    cx.diag.checkpoint()?;
    unwind::need_personalities(&context, &records, &mut needs);
    undefined::report(&loaded, &context, &needs, cx)?;
    policies::check(&context, &needs, cx)?;
    let entry = check::entry(&context, &mut needs);

    // Plan: which bytes go where. Every user error that can be known is reported by now; addresses are final below.
    let chained = args.chained_fixups(loaded.arch, *target);
    let frames = unwind::frames(&context, &records, cx)?;
    let slots = slots::assign(&context, &needs, !chained && !args.bind_at_load, cx)?;
    let imports = imports::collect(&context, &needs, slots.binder, cx)?;
    let (unwound, image_info) = (args.compact_unwind && records.any_kept(&context), image_info::merge(&context, cx)?);
    let others = [
        (Chunk::InitOffsets, initialisers.len() as u64 * 4),
        (Chunk::EhFrame, frames.size()),
        (Chunk::ImageInfo, image_info.len() as u64),
    ];
    let chunks = synthetic::chunks(&slots, unwound, &others);
    let mut list = sections::build(&context, &chunks, *target, cx)?;
    order::apply(&context, &mut list, cx)?;
    symtab::number_indirect(&mut list);
    let flags = commands::flags(&context, &imports, needs.thread_local);
    let signed = args.adhoc_codesign(loaded.arch, *target);
    let facts = Facts::new(args, *target, files, &imports, commands::Choices { flags, chained, signed });
    let header_size = commands::size(&facts, &list);
    let mut rows = unwind::Unwind::default();
    let mut late = |chunk: Chunk, addresses: &[u64], base: u64| match chunk {
        Chunk::UnwindInfo => {
            rows = unwind::plan(&context, (&records, &frames), addresses, base, cx)?;
            Ok(Some((rows.plan.size, rows.complete)))
        }
        _ => Ok(None),
    };
    let pools = thunks::plan(&context, &list, &slots, cx);
    let layout = layout::place((list, pools), header_size, (files, &atoms), &mut late, args, cx)?;
    let image = image::Image::new(context, layout, &slots, cx);

    // Tail: what describes the image, now that all addresses are known.
    let fixups = collect::fixups(&image, &imports, cx);
    cx.diag.checkpoint()?;
    let section_of = sections::by_atom(&image.layout.sections, atoms.len());
    let locals = exports::locals(args, cx)?;
    let symbols = symtab::Sources {
        image: &image,
        imports: &imports,
        exported: symtab::exported(&image, &section_of, cx),
        section_of: &section_of,
        stabs: debug_map::build(&image, &section_of, cx),
        keeps: &|name| locals.allows(name),
    };
    let tail = linkedit::build(
        LinkeditSources {
            image: &image,
            imports: &imports,
            fixups: &fixups,
            function_starts: functions::starts(&image, args, cx),
            data_in_code: functions::data_in_code(&image, args),
            symtab: symtab::build(symbols, cx),
            chained,
        },
        cx,
    )?;
    let made = [
        (Chunk::UnwindInfo, unwind::write(&image, &rows)),
        (Chunk::InitOffsets, init_offsets::write(&image, &initialisers)),
        (Chunk::ImageInfo, image_info),
        (Chunk::EhFrame, unwind::write_frames(&image, &records, &frames, cx)?),
    ];
    let facts = facts.placed(&image, tail.parts, entry);

    // Write: every job owns bytes that no other job sees; the file appears whole, or not at all.
    let plan = Plan { fixups: &fixups, tail: &tail, hints: &hints::parse(&context, cx), made: &made };
    let leftover = write::all(&image, &plan, &facts, cx)?;
    check::unchanged(&rounds, cx)?;
    reports::finished(&image, &loaded, &rounds, cx)?;
    (host.done)(Rest::new(leftover, rounds.all()));
    Ok(())
}
