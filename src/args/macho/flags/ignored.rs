//! Options without effect: those that change nothing that this linker writes, left-overs of older systems, those that
//! ask for an optimisation it does not have, and those that it must refuse, because the output would not be what was
//! asked for.

use super::{Flag, ignored, refused, warned};

pub(super) const FLAGS: &[Flag] = &[
    ignored(&["-ld_classic", "-ld64", "-ld_new", "-ld_prime"], 0, "a choice among Apple's linkers"),
    ignored(&["-lto_library", "-mcpu", "-mllvm"], 1, "link-time optimisation"),
    ignored(
        &["-cache_path_lto", "-prune_interval_lto", "-prune_after_lto", "-max_relative_cache_size_lto"],
        1,
        "link-time optimisation",
    ),
    ignored(&["-save-temps", "-flto-codegen-only"], 0, "link-time optimisation"),
    ignored(&["-plugin-opt=*", "--lto-*", "--thinlto-*"], 0, "link-time optimisation"),
    ignored(
        &["-verbose_deduplicate", "-verbose_optimization_hints", "-debug_variant"],
        0,
        "diagnostics of other linkers",
    ),
    ignored(&["-no_warn_inits", "-warn_stabs"], 0, "initialisers and debug information are as they are"),
    ignored(&["-debug_snapshot", "-pause"], 0, "for debugging Apple's linker"),
    ignored(&["-snapshot_dir"], 1, "for debugging Apple's linker"),
    ignored(&["-no_order_inits", "-no_order_data", "-no_objc_category_merging"], 0, "the default"),
    ignored(&["-version_load_command", "-no_eh_labels", "-no_dtrace_dof"], 0, "the default"),
    ignored(&["-merge_zero_fill_sections"], 0, "of no consequence"),
    ignored(
        &["-read_only_relocs", "-unaligned_pointers", "-sect_diff_relocs"],
        1,
        "what cannot be loaded is an error in any case",
    ),
    ignored(
        &[
            "--deduplicate-strings",
            "--no-deduplicate-strings",
            "--deduplicate-literals",
            "--deduplicate-symbol-strings",
            "--tail-merge-strings",
            "--no-tail-merge-strings",
            "--keep-icf-stabs",
            "--check-category-conflicts",
            "--call-graph-profile-sort",
            "--no-call-graph-profile-sort",
            "--warn-dylib-install-name",
            "--no-warn-dylib-install-name",
            "--warn-duplicate-rpath",
            "--no-warn-duplicate-rpath",
            "--warn-thin-archive-missing-members",
            "--no-warn-thin-archive-missing-members",
        ],
        0,
        "diagnostics and tuning of another linker",
    ),
    ignored(
        &["-search_in_sparse_frameworks", "-allow_sub_type_mismatches", "-add_split_seg_info", "-new_main"],
        0,
        "of no consequence",
    ),
    ignored(&["-fuse-ld=*"], 0, "for the compiler driver"),
];

/// Left-overs. What takes values still takes them, so that they are not taken for inputs.
pub(super) const OBSOLETE: &[Flag] = &[
    ignored(
        &[
            "-prebind*",
            "-noprebind*",
            "-nofixprebinding",
            "-seglinkedit",
            "-noseglinkedit",
            "-no_compact_linkedit",
            "-twolevel_namespace_hints",
            "-all_twolevel_modules",
            "-sectorder_detail",
            "-Si",
            "-Sn",
            "-Sp",
            "-X",
            "-b",
            "-m",
            "-M",
            "-slow_stubs",
            "-dependent_dr_info",
            "-private_bundle",
            "-run_init_lazily",
            "-force_cpusubtype_ALL",
            "-new_linker",
            "-read_only_stubs",
            "-nomultidefs",
            "-no_dead_strip_inits_and_terms",
            "-ignore_other_arches",
            "-allow_heap_execute",
        ],
        0,
        "for systems of long ago",
    ),
    ignored(&["-objc_gc*"], 0, "Objective-C garbage collection"),
    ignored(&["-objc_abi_version"], 1, "there is one Objective-C ABI"),
    ignored(
        &[
            "-Y",
            "-y",
            "-A",
            "-multiply_defined",
            "-multiply_defined_unused",
            "-segs_read_only_addr",
            "-segs_read_write_addr",
            "-seg_addr_table",
            "-seg_addr_table_filename",
            "-bitcode_symbol_map",
            "-bitcode_process_mode",
        ],
        1,
        "for systems of long ago",
    ),
    ignored(&["-sectobjectsymbols"], 2, "for systems of long ago"),
    ignored(&["-sectorder"], 3, "for systems of long ago"),
    ignored(&["-bitcode_*"], 0, "bitcode is embedded no more"),
];

/// Optimisations, checks and extras: without them the program is the same.
pub(super) const WARNED: &[Flag] = &[
    warned(&["-make_mergeable"], 0, "the dylib is like any other and cannot be merged"),
    warned(&["-objc_category_merging"], 0, "the runtime joins categories with their classes"),
    warned(&["-dirty_data_list"], 1, "data stays in input order"),
    warned(&["-page_align_data_atoms"], 0, "data stays in input order"),
    warned(&["-move_to_rw_segment", "-move_to_ro_segment"], 2, "symbols stay in their segments; see -rename_section"),
    warned(&["-no_zero_fill_sections"], 0, "zero-fill sections take no room in the file"),
    warned(&["-remove_swift_reflection_metadata_sections"], 0, "Swift's reflection data is kept"),
    warned(&["-trace_symbol_layout"], 0, "there is no such trace; see -map"),
    warned(&["-stack_addr"], 1, "the system places the stack"),
    warned(&["--bp-*", "--irpgo-profile*"], 0, "sections stay in input order; see -order_file"),
    warned(&["--print-symbol-order"], 1, "there is no such list; see -map"),
    warned(&["-text_exec"], 0, "code stays in __TEXT"),
];

pub(super) const REFUSED: &[Flag] = &[
    refused(&["-kext", "-kernel"], 0, "kernels and their extensions are not supported; use Apple's ld"),
    refused(&["-preload"], 0, "firmware is not supported: the output is for dyld; use Apple's ld"),
    refused(&["-dylinker"], 0, "dyld itself cannot be linked; use Apple's ld"),
    refused(&["-fixup_chains_section", "-threaded_starts_section"], 0, "for firmware only, which is not supported"),
    refused(
        &["-merge-l*"],
        1,
        "libraries cannot be merged; build without MERGEABLE_LIBRARY, or link with -reexport-l as debug builds do",
    ),
    refused(
        &["-merge_library", "-merge_framework"],
        1,
        "libraries cannot be merged; build without MERGEABLE_LIBRARY, or link with -reexport… as debug builds do",
    ),
    refused(&["--reproduce"], 1, "not there yet; -dependency_info lists the inputs"),
    refused(&["--time-trace*"], 0, "not there yet; --time prints a table"),
    refused(&["--start-lib", "--end-lib"], 0, "not supported; put the objects into an archive"),
];
