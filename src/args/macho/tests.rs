//! Command lines and what they must come to: the rules of parsing, what compilers and build systems pass, what the table
//! promises, which defaults follow from the target.

use super::flags::{self, Effect};
use super::parse::parse_in;
use super::*;
use std::collections::HashSet;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

fn words(line: &str) -> Vec<OsString> {
    line.split_whitespace().map(OsString::from).collect()
}

fn run(argv: Vec<OsString>, environment: &[(&str, &str)]) -> Result<Parsed, Vec<String>> {
    parse_in(argv, &|name| environment.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
}

fn link_in(line: &str, environment: &[(&str, &str)]) -> (Args, Vec<String>) {
    match run(words(line), environment) {
        Ok(Parsed { command: Command::Link(args), warnings }) => (*args, warnings),
        other => panic!("{line}: {other:?}"),
    }
}

fn link(line: &str) -> (Args, Vec<String>) {
    link_in(line, &[])
}

fn errors(line: &str) -> Vec<String> {
    run(words(line), &[]).map(|parsed| panic!("{line}: {parsed:?}")).unwrap_err()
}

/// Every `expected` is in the printed arguments of `line`, without a warning, and not in those of a bare `x.o`.
fn check(line: &str, expected: &[&str]) {
    let (args, warnings) = link(&format!("{line} x.o"));
    assert!(warnings.is_empty(), "{line}: {warnings:?}");
    let (seen, bare) = (format!("{args:?}"), format!("{:?}", link("x.o").0));
    for &field in expected {
        assert!(seen.contains(field), "{line}: no {field} in {seen}");
        assert!(!bare.contains(field), "{line}: {field} is no change");
    }
}

/// `line` comes to what a bare `x.o` does.
fn check_default(line: &str) {
    let (mut args, warnings) = link(&format!("{line} x.o"));
    assert!(warnings.is_empty(), "{line}: {warnings:?}");
    args.command_line = vec!["x.o".into()];
    assert_eq!(format!("{args:?}"), format!("{:?}", link("x.o").0), "{line}");
}

/// Inputs in short: a letter for each mode that is set, and the name.
fn inputs(args: &Args) -> Vec<String> {
    let short = |input: &Input| {
        let name = match &input.what {
            What::File(path) => path.display().to_string(),
            What::Library(name) => format!("-l{}", name.display()),
            What::Framework { name, suffix: None } => format!("[{}]", name.display()),
            What::Framework { name, suffix: Some(suffix) } => format!("[{},{}]", name.display(), suffix.display()),
        };
        let m = input.modes;
        let set = [m.weak, m.needed, m.reexport, m.upward, m.hidden, m.force_load];
        let letters: String = set.iter().zip("wnruhf".chars()).filter(|(on, _)| **on).map(|(_, c)| c).collect();
        format!("{letters} {name}").trim_start().to_owned()
    };
    args.inputs.iter().map(short).collect()
}

/// A file of its own for one test.
fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("sinew-macho-{}-{name}", std::process::id()));
    std::fs::write(&path, content).unwrap();
    path
}

#[test]
fn options_set_their_fields() {
    for (line, expected) in [
        ("-o out", &["output: \"out\""][..]),
        ("-dylib", &["kind: Dylib"]),
        ("-client_name me", &["client_name: Some(\"me\")"]),
        ("-bundle -bundle_loader app -client_name me", &["kind: Bundle", "Some(\"app\")", "client_name: Some(\"me\")"]),
        ("-dylib -r", &["kind: Relocatable", "source_version: None"]),
        ("-r -add_source_version -static", &["kind: Relocatable"]),
        ("-arch arm64", &["arch: Some(Arm64)"]),
        ("-arch x86_64 -no_pie", &["arch: Some(X86_64)", "pie: false"]),
        ("-arch_multiple -final_output fat", &["arch_multiple: true", "final_output: Some(\"fat\")"]),
        ("-e _start", &["entry: Some(\"_start\")"]),
        ("-stack_size 1000000", &["stack_size: 16777216"]),
        ("-stack_size 0x4000", &["stack_size: 16384"]),
        ("-pagezero_size 0x10000", &["pagezero_size: Some(65536)"]),
        ("-image_base 10000", &["image_base: Some(65536)"]),
        ("-seg1addr 0x10000", &["image_base: Some(65536)"]),
        ("-root_safe -setuid_safe", &["root_safe: true", "setuid_safe: true"]),
        ("-dyld_env DYLD_X=1", &["dyld_env: [\"DYLD_X=1\"]"]),
        ("-r -add_linker_option -lz -add_linker_option -ly", &["linker_options: [[\"-lz\"], [\"-ly\"]]"]),
        ("-platform_version macos 13.0 14.2.1", &["Platform(1), min: 13.0, sdk: 14.2.1"]),
        ("-platform_version 7 13 14", &["Platform(7), min: 13.0, sdk: 14.0"]),
        ("-platform_version ios-simulator 13.1 14", &["Platform(7), min: 13.1"]),
        ("-macosx_version_min 11 -macos_version_min 10.15.7", &["Platform(1), min: 10.15.7, sdk: 10.15.7"]),
        ("-sdk_version 13 -iphoneos_version_min 12.3", &["Platform(2), min: 12.3, sdk: 13.0"]),
        ("-maccatalyst_version_min 14 -macos_version_min 11", &["target: Some(Target { platform: Platform(1)"]),
        ("-maccatalyst_version_min 14 -macos_version_min 11", &["variant: Some(Target { platform: Platform(6)"]),
        ("-syslibroot /a -syslibroot /b", &["syslibroots: [\"/a\", \"/b\"]"]),
        ("-application_extension", &["application_extension: true"]),
        ("-encryptable", &["encryptable: Some(true)"]),
        ("-source_version 1.2.3.4.5", &["source_version: Some(1101662261253)"]),
        ("-La -L b", &["library_paths: [\"a\", \"b\"]"]),
        ("-Fa -F b -Z", &["framework_paths: [\"a\", \"b\"]", "no_standard_paths: true"]),
        ("-search_dylibs_first -image_suffix _debug", &["search_dylibs_first: true", "Some(\"_debug\")"]),
        ("-dylib_file /a:b:c", &["dylib_files: [(\"/a\", \"b:c\")]"]),
        ("-executable_path e", &["executable_path: Some(\"e\")"]),
        ("-all_load -ObjC -force_load_swift_libs", &["all_load: true", "objc_load: true", "swift_libs: true"]),
        ("-ignore_auto_link --ignore-auto-link-option=-lz", &[" auto_link: false", "ignored_auto_links: [\"-lz\"]"]),
        ("--strict-auto-link -dead_strip_dylibs", &["strict_auto_link: true", "dead_strip_dylibs: true"]),
        ("-no_implicit_dylibs", &["no_implicit_dylibs: true"]),
        ("-install_name @rpath/x", &["install_name: Some(\"@rpath/x\")"]),
        ("-dylib -dylib_current_version 1.2.3", &["current_version: 1.2.3"]),
        ("-compatibility_version 2", &["compatibility_version: 2.0"]),
        ("-rpath a -rpath b -rpath a", &["rpaths: [\"a\", \"b\"]"]),
        ("-headerpad 1144", &["headerpad: 4420"]),
        ("-headerpad_max_install_names", &["headerpad_max_install_names: true"]),
        ("-mark_dead_strippable_dylib", &["mark_dead_strippable: true"]),
        ("-dylib -umbrella U -sub_library a -sub_umbrella b", &["Some(\"U\")", "[\"a\"]", "[\"b\"]"]),
        ("-dylib -allowable_client c -init _i", &["allowable_clients: [\"c\"]", "init: Some(\"_i\")"]),
        ("-undefined dynamic_lookup", &["undefined: DynamicLookup"]),
        ("-undefined suppress -undefined warning", &["undefined: Warning"]),
        ("-U _a -U _b -u _c", &["allowed_undefined: [\"_a\", \"_b\"]", "forced_undefined: [\"_c\"]"]),
        ("-exported_symbol _a -exported_symbol _b*", &["exports: Only([", "\"_b*\", is_glob: true"]),
        ("-unexported_symbol _[ab]", &["exports: AllBut([", "\"_[ab]\", is_glob: true"]),
        ("-no_exported_symbols", &["exports: None"]),
        ("-unexported_symbol a -no_exported_symbols", &["exports: None"]),
        ("-export_dynamic -force_flat_namespace", &["export_dynamic: true", "flat_namespace: true, force_flat"]),
        ("-alias _a _b", &["aliases: [Alias { symbol: \"_a\", alias: \"_b\" }]"]),
        ("-interposable", &["interposable: All"]),
        ("-single_module -multi_module", &["interposable: All"]),
        ("-commons use_dylibs -d -warn_commons", &["commons: UseDylibs", "define_commons: true"]),
        ("-max_default_common_align 0x10", &["max_common_align: Some(4)"]),
        ("-weak_reference_mismatches weak", &["weak_mismatch: Weak"]),
        ("-keep_private_externs -allow_dead_duplicates", &["private_externs: true", "dead_duplicates: true"]),
        (
            "-dead_strip -why_live _a -why_load",
            &["dead_strip: true", "why_live: [Pattern { text: \"_a\"", "why_load: true"],
        ),
        ("--icf=all", &["icf: All"]),
        ("--icf safe", &["icf: Safe"]),
        ("-order_file f -order_file_statistics", &["order_files: [\"f\"]", "order_file_statistics: true"]),
        ("-O0", &["optimize: 0"]),
        ("-Oz", &["optimize: 2"]),
        ("-no_branch_islands -ignore_optimization_hints", &["islands: true", "optimization_hints: true"]),
        ("-sectcreate __TEXT __info_plist f", &["segment: \"__TEXT\", section: \"__info_plist\" }, file: \"f\""]),
        ("-segcreate A B f -add_empty_section C D", &["\"B\" }, file: \"f\"", "empty_sections: [SectionName"]),
        ("-sectalign __DATA __x 0x4000", &["\"__x\" }, 14)"]),
        ("-rename_section A B C D", &["\"B\" }, SectionName { segment: \"C\", section: \"D\" })"]),
        ("-rename_segment A B", &["segment_renames: [(\"A\", \"B\")]"]),
        ("-segprot A rwx r-x", &["max: 7, init: 5"]),
        ("-segaddr A 10000 -segalign 4000", &["(\"A\", 65536)", "segment_align: Some(16384)"]),
        ("-seg_page_size A 8000", &["segment_page_sizes: [(\"A\", 32768)]"]),
        ("-segment_order A:B -section_order A x:y", &["[\"A\", \"B\"]", "[(\"A\", [\"x\", \"y\"])]"]),
        ("-no_data_const -const_selrefs", &["data_const: Some(false)", "const_selrefs: Some(true)"]),
        ("-no_fixup_chains -init_offsets", &["fixup_chains: Some(false)", "init_offsets: Some(true)"]),
        ("-bind_at_load -no_function_starts", &["bind_at_load: true", "function_starts: Some(false)"]),
        ("-no_data_in_code_info", &["data_in_code: Some(false)"]),
        ("-no_compact_unwind -no_keep_dwarf_unwind", &[" compact_unwind: false", "keep_dwarf_unwind: Some(false)"]),
        ("-warn_compact_unwind -objc_stubs_small", &["warn_compact_unwind: true", "objc_stubs: Small"]),
        ("-no_objc_relative_method_lists", &["relative_method_lists: Some(false)"]),
        ("-no_adhoc_codesign", &["adhoc_codesign: Some(false)"]),
        ("-no_uuid", &["uuid: None"]),
        ("-random_uuid", &["uuid: Random"]),
        ("-S -x", &["strip_debug: true", "local_symbols: None"]),
        ("-s", &["strip_debug: true", "local_symbols: None"]),
        ("-oso_prefix /p -reproducible", &["oso_prefix: Some(\"/p\")", "reproducible: true"]),
        ("-add_ast_path a -add_ast_path b", &["ast_paths: [\"a\", \"b\"]"]),
        ("-map m -dependency_info d", &["map: Some(\"m\")", "dependency_info: Some(\"d\")"]),
        ("-t -demangle --verbose -w", &["trace: true", "demangle: true", "verbose: true", "no_warnings: true"]),
        ("-fatal_warnings -arch_errors_fatal", &["fatal_warnings: true", "arch_errors_fatal: true"]),
        ("--fatal-warnings -no_arch_warnings", &["fatal_warnings: true", "no_arch_warnings: true"]),
        ("-warn_duplicate_libraries", &["warn_duplicate_libraries: true"]),
        ("--error-limit=0 --color-diagnostics", &["error_limit: 0", "color: true"]),
        ("-error-limit 0 --color-diagnostics=always", &["error_limit: 0", "color: true"]),
        ("--time --threads=3 --no-fork --inline-below=0", &["time: true", "Some(3)", "fork: false", "inline_below: 0"]),
        ("-print_statistics -j 2", &["time: true", "threads: Some(2)"]),
        ("-object_path_lto /t/x.o", &["object_path_lto: Some(\"/t/x.o\")"]),
        ("-dylib -not_for_dyld_shared_cache -simulator_support", &["shared_cache: true", "simulator_support: true"]),
        ("--print-dylib-search -allow_stack_execute", &["dylib_search: true", "stack_execute: true"]),
    ] {
        check(line, expected);
    }
}

#[test]
fn later_options_cancel_earlier_ones() {
    for line in [
        "-dylib -execute",
        "-static -dynamic",
        "-no_pie -pie",
        "-all_load -noall_load",
        "-search_dylibs_first -search_paths_first",
        "-undefined suppress -undefined error",
        "-syslibroot /sdk -syslibroot /",
        "-flat_namespace -twolevel_namespace",
        "--icf=all -no_deduplicate",
        "-O0 -O1",
        "-objc_stubs_small -objc_stubs_fast",
        "-application_extension -no_application_extension",
        "-demangle -no_demangle",
        "-fatal_warnings -no_fatal_warnings",
        "--threads=3 --threads",
        "--color-diagnostics --no-color-diagnostics",
        "--no-fork --fork",
        "-multi_module -single_module",
        "-o x -o a.out",
    ] {
        check_default(line);
    }
}

/// Without a word, and with the right number of values: what is left would be an input.
#[test]
fn what_apples_linker_ignores_is_ignored() {
    for line in [
        "-dynamic -lto_library /x/libLTO.dylib -mllvm -enable-linkonceodr-outlining -no_deduplicate",
        "-ld_classic -ld64 -ld_new -ld_prime -no_warn_duplicate_libraries -debug_variant",
        "-multiply_defined suppress -multiply_defined_unused warning -no_dead_strip_inits_and_terms",
        "-bitcode_bundle -bitcode_hide_symbols -bitcode_verify -bitcode_symbol_map f -bitcode_process_mode strip",
        "-prebind -noprebind -prebind_allow_overlap -nofixprebinding -seglinkedit -noseglinkedit",
        "-no_compact_linkedit -twolevel_namespace_hints -sectorder A B f -sectorder_detail -sectobjectsymbols A B",
        "-Si -Sn -Sp -X -Y 1 -y _s -A f -b -m -M -slow_stubs -dependent_dr_info -private_bundle -run_init_lazily",
        "-force_cpusubtype_ALL -new_linker -read_only_stubs -segs_read_only_addr 1000 -segs_read_write_addr 1000",
        "-seg_addr_table f -objc_gc -objc_gc_only -objc_gc_compaction -objc_abi_version 2 -nomultidefs",
        "-cache_path_lto d -prune_interval_lto 1 -prune_after_lto 1 -max_relative_cache_size_lto 1 -mcpu apple-m1",
        "-plugin-opt=O3 -plugin-opt=mcpu=apple-m1 --thinlto-cache-policy=p --lto-O3 -save-temps -flto-codegen-only",
        "-no_order_inits -no_order_data -no_objc_category_merging -verbose_deduplicate -no_eh_labels",
        "-read_only_relocs suppress -unaligned_pointers warning -sect_diff_relocs error -version_load_command",
        "-debug_snapshot -snapshot_dir d -pause -no_warn_inits",
        "--no-call-graph-profile-sort --deduplicate-strings -search_paths_first -merge_zero_fill_sections",
        "-execute -pie -commons ignore_dylibs -weak_reference_mismatches non-weak -allow_heap_execute",
    ] {
        check_default(line);
    }
}

#[test]
fn inputs_keep_their_order_and_modes() {
    let (args, warnings) = link(
        "a.o -lc -weak-lw -needed-ln -reexport-lr -upward-lu -hidden-lh -lazy-lz -no_merge-lm -lcrt0.o \
         -weak_library 1 -needed_library 2 -reexport_library 3 -upward_library 4 -lazy_library 5 \
         -force_load f.a -load_hidden h.a -framework A -weak_framework B,_debug -needed_framework C \
         -reexport_framework D -upward_framework E -lazy_framework F -no_merge_framework G -no_merge_library 6 z.a",
    );
    assert!(warnings.is_empty());
    let expected = [
        "a.o",
        "-lc",
        "w -lw",
        "n -ln",
        "r -lr",
        "u -lu",
        "h -lh",
        "-lz",
        "r -lm",
        "-lcrt0.o",
        "w 1",
        "n 2",
        "r 3",
        "u 4",
        "5",
        "f f.a",
        "h h.a",
        "[A]",
        "w [B,_debug]",
        "n [C]",
        "r [D]",
        "u [E]",
        "[F]",
        "r [G]",
        "r 6",
        "z.a",
    ];
    assert_eq!(inputs(&args), expected);
}

/// What starts like `-l` and is no library.
#[test]
fn exact_names_come_before_beginnings() {
    for line in ["-ld_classic", "-lto_library x", "-no_uuid", "-ld64", "-objc_stubs_fast"] {
        assert_eq!(inputs(&link(&format!("{line} x.o")).0), ["x.o"], "{line}");
    }
    for (line, expected) in [
        ("-ld_classics", "-ld_classics"),
        ("-llto_library", "-llto_library"),
        ("-l z", "-lz"),
        ("-load", "-load"),
        ("-lazy_library y", "y"),
        ("-lazy-ly", "-ly"),
    ] {
        assert_eq!(inputs(&link(line).0), [expected], "{line}");
    }
}

#[test]
fn lists_are_read() {
    let symbols = file("symbols", b"_a\n  _b*  # both\n# none\n\n_c d \t\r\n_e[x]\n_f\xff");
    let (args, _) = link(&format!("x.o -exported_symbols_list {} -exported_symbol _g", symbols.display()));
    let Exports::Only(patterns) = &args.exports else { panic!("{:?}", args.exports) };
    let seen: Vec<(&[u8], bool)> = patterns.iter().map(|pattern| (&*pattern.text, pattern.is_glob)).collect();
    let expected: [(&[u8], bool); 6] =
        [(b"_a", false), (b"_b*", true), (b"_c d", false), (b"_e[x]", true), (b"_f\xff", false), (b"_g", false)];
    assert_eq!(seen, expected);
    assert!(args.files_read.iter().eq([&symbols]));
    for (option, field) in [
        ("-unexported_symbols_list", "exports: AllBut(["),
        ("-reexported_symbols_list", "reexported_symbols: [Pattern"),
        ("-exported_symbols_order", "exported_order: [Pattern"),
        ("-interposable_list", "interposable: Listed(["),
        ("-non_global_symbols_strip_list", "local_symbols: AllBut(["),
        ("-non_global_symbols_no_strip_list", "local_symbols: Only(["),
    ] {
        check(&format!("{option} {}", symbols.display()), &[field, "\"_b*\", is_glob: true"]);
    }
    std::fs::remove_file(symbols).unwrap();

    let aliases = file("aliases", b"_a _b # c\n\n_c\t_d\n");
    let (args, _) = link(&format!("x.o -alias_list {}", aliases.display()));
    let seen: Vec<(&[u8], &[u8])> = args.aliases.iter().map(|alias| (&*alias.symbol, &*alias.alias)).collect();
    assert_eq!(seen, [(&b"_a"[..], &b"_b"[..]), (b"_c", b"_d")]);
    std::fs::write(&aliases, "_a\n").unwrap();
    let error = &errors(&format!("x.o -alias_list {}", aliases.display()))[0];
    assert!(error.contains("'_a' is not of the form SYMBOL ALIAS"), "{error}");
    std::fs::remove_file(aliases).unwrap();
    assert!(
        errors("x.o -exported_symbols_list /no/such")[0].starts_with("-exported_symbols_list: cannot read /no/such")
    );
}

#[test]
fn file_lists_are_inputs_in_their_place() {
    let list = file("list", b"/abs/a.o\nwith space.o\n\nb.o\r\n");
    let (args, _) = link(&format!("first.o -filelist {} last.o", list.display()));
    assert_eq!(inputs(&args), ["first.o", "/abs/a.o", "with space.o", "b.o", "last.o"]);
    let (args, _) = link(&format!("-filelist {},/dir", list.display()));
    assert_eq!(inputs(&args), ["/abs/a.o", "/dir/with space.o", "/dir/b.o"]);
    assert!(args.files_read.iter().eq([&list]));
    let comma = list.with_file_name(format!("{},x", list.file_name().unwrap().display()));
    std::fs::rename(&list, &comma).unwrap();
    assert_eq!(link(&format!("-filelist {}", comma.display())).0.inputs.len(), 3);
    // A response file may hold all of it.
    let response = file("response", format!("-dylib -filelist {} 'y z.o'", comma.display()).as_bytes());
    let (args, _) = link(&format!("@{}", response.display()));
    assert_eq!((args.kind, inputs(&args).last().map(String::as_str)), (OutputKind::Dylib, Some("y z.o")));
    std::fs::remove_file(comma).unwrap();
    std::fs::remove_file(response).unwrap();
    assert!(errors("-filelist /no/such,d")[0].starts_with("-filelist: cannot read /no/such"));
}

#[test]
fn the_environment_fills_in() {
    let (args, _) = link_in(
        "x.o",
        &[("MACOSX_DEPLOYMENT_TARGET", "10.13"), ("SDKROOT", "/sdk"), ("ZERO_AR_DATE", "1"), ("RC_UUID_SALT", "s")],
    );
    let min = Version::new(10, 13);
    assert_eq!(args.target, Some(Target { platform: Platform::MACOS, min, sdk: min }));
    assert_eq!((args.syslibroots, args.reproducible, args.uuid_salt), (vec!["/sdk".into()], true, "s".into()));
    // The line comes first.
    let (args, _) = link_in(
        "x.o -ios_version_min 14 -syslibroot /other",
        &[("MACOSX_DEPLOYMENT_TARGET", "nonsense"), ("SDKROOT", "/sdk")],
    );
    assert_eq!(args.target.map(|target| target.platform), Some(Platform::IOS));
    assert_eq!(args.syslibroots, [PathBuf::from("/other")]);
    let (args, _) = link_in("x.o", &[("IPHONEOS_DEPLOYMENT_TARGET", "15"), ("LD_DEAD_STRIP", "1"), ("SDKROOT", "/")]);
    assert_eq!((args.target.map(|target| target.platform), args.dead_strip), (Some(Platform::IOS), true));
    assert!(args.syslibroots.is_empty());
    assert!(link_in("x.o", &[("LD_APPLICATION_EXTENSION_SAFE", "1")]).0.application_extension);
    assert_eq!(link_in("x.o", &[("LD_NO_ENCRYPT", "1")]).0.encryptable, Some(false));
    let error = run(words("x.o"), &[("MACOSX_DEPLOYMENT_TARGET", "new")]).unwrap_err();
    assert_eq!(error, ["MACOSX_DEPLOYMENT_TARGET: 'new' is not a version"]);
}

#[test]
fn errors_name_the_option_and_what_helps() {
    for (line, expected) in [
        ("", &["no input files"][..]),
        ("-dylib", &["no input files"]),
        ("x.o -dead_stripp", &["unknown option: -dead_stripp; did you mean -dead_strip?"]),
        ("x.o -instal_name y", &["unknown option: -instal_name; did you mean -install_name?"]),
        ("x.o -no_data_cnst", &["unknown option: -no_data_cnst; did you mean -no_data_const?"]),
        ("x.o -no_dead_strip", &["unknown option: -no_dead_strip; did you mean -dead_strip?"]),
        ("x.o --icff=all", &["unknown option: --icff; did you mean --icf?"]),
        ("x.o -frobnicate", &["unknown option: -frobnicate (-help lists"]),
        ("x.o -Wl,-S,-x", &["unknown option: -Wl,-S,-x (-Wl is for compilers; the linker wants -S -x)"]),
        ("x.o -o", &["-o needs a value: FILE"]),
        ("x.o -l", &["-l needs a value: NAME"]),
        ("x.o -sectcreate A B", &["-sectcreate needs 3 values: SEGMENT SECTION FILE"]),
        ("x.o -platform_version macos 11", &["-platform_version needs 3 values: PLATFORM MIN SDK"]),
        ("x.o -lto_library", &["-lto_library needs a value"]),
        ("x.o -platform_version beos 11 11", &["'beos' is not one of macos, ios, tvos"]),
        ("x.o -platform_version 99 11 11", &["'99' is not one of macos"]),
        ("x.o -platform_version macos 11.300 11", &["'11.300' is not a version X.Y.Z"]),
        ("x.o -macosx_version_min 10.", &["-macosx_version_min: '10.' is not a version"]),
        ("x.o -macosx_version_min 10 -ios_version_min 9", &["cannot be both for macos and for ios"]),
        ("x.o -current_version x", &["-current_version: 'x' is not a version"]),
        ("x.o -source_version 1.1024", &["-source_version: '1.1024' is not a version A.B.C.D.E"]),
        ("x.o -arch arm64e", &["-arch: 'arm64e' is not supported; supported: arm64"]),
        ("x.o -arch armv7", &["supported: arm64"]),
        ("x.o -headerpad 12g", &["-headerpad: '12g' is not a hexadecimal number"]),
        ("x.o -headerpad +12", &["-headerpad: '+12' is not a hexadecimal number"]),
        ("x.o -sectalign A B 3", &["-sectalign: '3' is not a power of two"]),
        ("x.o -sectalign A B 10000", &["-sectalign: '10000' is more than 8000"]),
        ("x.o -sectalign A B 0", &["-sectalign: '0' is not a power of two"]),
        ("x.o -segaddr A 1001", &["-segaddr: '1001' is not a multiple of the page size"]),
        ("x.o -sectcreate A 12345678901234567 f", &["'12345678901234567' is no name of a segment or section"]),
        ("x.o -segprot A rq r", &["-segprot: 'rq' is not made of the letters"]),
        ("x.o -segprot A r rw", &["-segprot: 'rw' is more than the segment may ever become"]),
        ("x.o -undefined ignore", &["-undefined: 'ignore' is not one of error, warning, suppress, dynamic_lookup"]),
        ("x.o -framework ,x", &["-framework: ',x' is no name of a framework"]),
        ("x.o -dylib_file x", &["-dylib_file: 'x' is not of the form INSTALL_NAME:FILE"]),
        ("x.o -dyld_env x", &["-dyld_env: 'x' is not of the form KEY=VALUE"]),
        ("x.o -j 0", &["-j: '0' is no number of threads"]),
        ("x.o --icf=some", &["--icf: 'some' is not one of none, safe"]),
        ("x.o -exported_symbol a -unexported_symbol b", &["-exported_symbol… and -unexported_symbol… cannot be"]),
        ("x.o -exported_symbol a -no_exported_symbols", &["-exported_symbol… and -no_exported_symbols cannot be"]),
        ("x.o -bundle_loader y", &["-bundle_loader is for bundles"]),
        ("x.o -init _i", &["-init is for dylibs"]),
        ("x.o -dylib -stack_size 4000", &["-stack_size is for executables"]),
        ("x.o -stack_size 1000", &["-stack_size: 1000 is not a multiple of 4000"]),
        ("x.o -static", &["-static: only programs that dyld loads are supported"]),
        ("x.o -kext", &["-kext: kernels and their extensions are not supported"]),
        ("x.o -preload", &["-preload: firmware is not supported"]),
        ("x.o -dylinker", &["-dylinker: dyld itself cannot be linked"]),
        ("x.o -merge-lfoo", &["-merge-l: libraries cannot be merged; build without MERGEABLE_LIBRARY"]),
        ("x.o -merge_framework A", &["-merge_framework: libraries cannot be merged"]),
        ("x.o --reproduce=f", &["--reproduce: not there yet"]),
        ("x.o --version", &["unknown option: --version"]),
        // All at once, in order.
        ("-arch vax -what -j 0", &["'vax'", "unknown option: -what", "-j: '0'"]),
    ] {
        let seen = errors(line);
        assert_eq!(seen.len(), expected.len(), "{line}: {seen:?}");
        for (seen, expected) in seen.iter().zip(expected) {
            assert!(seen.contains(expected), "{line}: {seen}");
        }
    }
}

#[test]
fn warnings_do_not_stop_a_link() {
    for (line, expected) in [
        ("-no_pie", "-no_pie is ignored: arm64"),
        ("-arch arm64 -no_pie", "-no_pie is ignored: arm64"),
        ("-make_mergeable", "-make_mergeable has no effect: the dylib is like any other"),
        ("-dirty_data_list f", "-dirty_data_list has no effect: data stays in input order"),
        ("-move_to_rw_segment A f", "-move_to_rw_segment has no effect"),
        ("-load_hiden", "-load_hiden is read as -l oad_hiden; did you mean -load_hidden?"),
        ("-pagezero_size 1001", "-pagezero_size: '1001' is not a multiple of 4000 and is rounded down"),
        ("-current_version 70000.300.1.2", "-current_version: '70000.300.1.2' does not fit a load command and becomes"),
        ("--bp-startup-sort=function", "--bp- has no effect"),
    ] {
        let (_, warnings) = link(&format!("{line} x.o"));
        assert_eq!(warnings.len(), 1, "{line}: {warnings:?}");
        assert!(warnings[0].starts_with(expected), "{line}: {warnings:?}");
    }
    let (args, _) = link("-current_version 70000.300.1.2 -no_pie x.o");
    assert_eq!((args.current_version, args.pie), (Version(0xffff_ff01), true));
}

#[test]
fn asking_for_the_version_or_help() {
    let command = |line: &str| run(words(line), &[]).map(|parsed| parsed.command);
    assert!(matches!(command("-v"), Ok(Command::Version { link: false, .. })));
    assert!(
        matches!(command("-v -L/x"), Ok(Command::Version { link: false, args }) if args.library_paths == [PathBuf::from("/x")])
    );
    assert!(matches!(command("-v x.o"), Ok(Command::Version { link: true, args }) if args.verbose));
    assert!(matches!(command("-help"), Ok(Command::Help)));
    assert!(matches!(command("--help"), Ok(Command::Help)));
    assert!(matches!(command("--version"), Ok(Command::Print(text)) if text.starts_with("sinew ")));
    let Ok(Command::Print(details)) = command("-version_details") else { panic!() };
    assert!(details.contains(concat!("\"version\": \"", env!("CARGO_PKG_VERSION"), "\"")), "{details}");
    assert!(details.starts_with('{') && details.ends_with('}'));
    // CMake: "@(#)PROGRAM:ld.+PROJECT:[a-z0-9]+-([0-9.]+).+"; meson: "PROJECT:ld", and no "GNU" or "LLD".
    let (program, project) = VERSION.split_once(" PROJECT:").unwrap();
    let (name, version) = project.split_once('-').unwrap();
    assert_eq!(program, "@(#)PROGRAM:ld");
    assert!(name.starts_with("ld") && name.bytes().all(|byte| byte.is_ascii_lowercase()));
    assert!(version.starts_with(concat!(env!("CARGO_PKG_VERSION"), "\n")));
    // LLVM's build: the first number.
    assert!(VERSION.find(env!("CARGO_PKG_VERSION")) == VERSION.find(|c: char| c.is_ascii_digit()));
    assert!(!VERSION.contains("GNU") && !VERSION.contains("LLD"));
    let help = help();
    assert!(help.contains("-platform_version PLATFORM MIN SDK") && help.contains("-[no_]fixup_chains"));
    assert!(!help.contains("inline-below"));
    let args = link("x.o -L/a -syslibroot /s").0;
    assert_eq!(
        args.search_report(|path| path == Path::new("/s/usr/lib")),
        "Library search paths:\n\t/a\n\t/s/usr/lib\nFramework search paths:\n"
    );
}

/// Recorded from clang 19.1 and rustc 1.97 with `-###`; folders are shortened.
#[test]
fn what_compilers_pass_is_understood() {
    let quiet = |line: &str| {
        let (args, warnings) = link(line);
        assert!(warnings.is_empty(), "{line}: {warnings:?}");
        args
    };
    let clang = "-dynamic -arch arm64 -macosx_version_min 13.0.0 -syslibroot /SDK -mllvm \
         -enable-linkonceodr-outlining";
    let args = quiet(&format!("{clang} -o a.out a.o -lSystem"));
    let target = Target { platform: Platform::MACOS, min: Version::new(13, 0), sdk: Version::new(13, 0) };
    assert_eq!(
        (args.target, args.arch, inputs(&args)),
        (Some(target), Some(Arch::Arm64), vec!["a.o".into(), "-lSystem".into()])
    );
    assert!(args.chained_fixups(Arch::Arm64, target) && args.adhoc_codesign(Arch::Arm64, target));

    let args = quiet(
        "-demangle -lto_library /l/libLTO.dylib -dynamic -arch arm64 -platform_version macos 13.0.0 13.0.0 -syslibroot \
         /SDK -mllvm -enable-linkonceodr-outlining -o a.out -L/l a.o -lc++ -lSystem",
    );
    assert_eq!((args.target, args.demangle, args.inputs.len()), (Some(target), true, 3));

    let args = quiet(&format!(
        "-dylib -dylib_install_name @rpath/libx.dylib -dylib_compatibility_version 1.0 -dylib_current_version 1.2.3 {clang} \
         -o libx.dylib x.o -F/late -framework Foundation -weak_framework Metal -lobjc -lSystem -rpath @executable_path"
    ));
    assert_eq!((args.kind, args.install_name()), (OutputKind::Dylib, "@rpath/libx.dylib".into()));
    assert_eq!((args.current_version, args.framework_paths.len()), (Version(0x1_0203), 1));

    let args = quiet(&format!(
        "{clang} -bundle -bundle_loader python -undefined dynamic_lookup -o x.so x.o -undefined dynamic_lookup -lSystem"
    ));
    assert_eq!((args.kind, args.undefined), (OutputKind::Bundle, Undefined::DynamicLookup));
    assert!(!args.chained_fixups(Arch::Arm64, target));

    let args = quiet(&format!("{clang} -o m.o a.o b.o -r -lSystem"));
    assert_eq!((args.kind, args.inputs.len()), (OutputKind::Relocatable, 3));

    let args = quiet(&format!(
        "{clang} -o a.out a.o -sectalign __DATA __llvm_prf_cnts 0x4000 -sectalign __DATA __llvm_prf_bits 0x4000 \
         -sectalign __DATA __llvm_prf_data 0x4000 /c/libclang_rt.profile_osx.a -lSystem"
    ));
    assert!(args.section_aligns.len() == 3 && args.section_aligns.iter().all(|(_, log2)| *log2 == 14));
    let args = quiet(&format!(
        "{clang} -no_deduplicate -object_path_lto /tmp/cc-1.o -arch_multiple -final_output a.out -o /tmp/a-arm64.out a.o \
         -fuse-ld=sinew /c/libclang_rt.asan_osx_dynamic.dylib -rpath @executable_path -rpath /c/lib/darwin -lSystem"
    ));
    assert_eq!((args.final_output, args.rpaths.len()), (Some("a.out".into()), 2));

    // rustc, through clang and by itself.
    let list = file("rustc", b"_exported\n");
    let args = quiet(&format!(
        "-exported_symbols_list {} -dynamic -dylib -dylib_install_name libx.dylib -arch arm64 -macosx_version_min 11.0.0 \
         -o libx.dylib rmeta.o x.o -dead_strip -liconv -lSystem -lc -lm -force_load liba.rlib",
        list.display()
    ));
    std::fs::remove_file(list).unwrap();
    assert!(args.dead_strip && matches!(&args.exports, Exports::Only(only) if only.len() == 1));
    assert!(!args.chained_fixups(Arch::Arm64, args.target.unwrap()));
    let args = quiet("-arch arm64 -platform_version macos 11.0.0 11.0.0 -o x x.o -dead_strip -plugin-opt=O3");
    assert!(args.dead_strip && args.inputs.len() == 1);

    // Xcode, CMake, meson, Chromium, Go.
    for line in [
        "-dynamic -arch arm64 -platform_version ios-simulator 17.0 17.2 -dependency_info d.dat -object_path_lto o \
         -export_dynamic -no_deduplicate -rpath @executable_path/Frameworks -add_ast_path m.swiftmodule -debug_variant \
         -sectcreate __TEXT __entitlements e.xcent -no_warn_duplicate_libraries -ObjC -interposable x.o",
        "-headerpad_max_install_names -search_paths_first -needed-lx -weak-ly -needed_framework Z -reexport-lw \
         -dead_strip_dylibs -undefined error x.o",
        "-fatal_warnings --color-diagnostics --icf=all -cache_path_lto c --thinlto-cache-policy=p -ObjC -dead_strip x.o",
        "-headerpad 1144 -bind_at_load -flat_namespace -ld64 -pagezero_size 4000000 x.o",
    ] {
        quiet(line);
    }
}

#[test]
fn search_paths_are_under_the_roots_that_have_them() {
    let folders = |line: &str, existing: &[&str]| {
        let args = link(line).0;
        let is_folder = |path: &Path| existing.iter().any(|known| Path::new(known) == path);
        let [libraries, frameworks] = [args.library_folders(is_folder), args.framework_folders(is_folder)];
        let text = |paths: Vec<PathBuf>| paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(":");
        (text(libraries), text(frameworks))
    };
    let none: &[&str] = &[];
    assert_eq!(
        folders("x.o", none),
        ("/usr/lib:/usr/local/lib".into(), "/Library/Frameworks:/System/Library/Frameworks".into())
    );
    assert_eq!(folders("x.o -Z -Lrel -F/abs", none), ("rel".into(), "/abs".into()));
    assert_eq!(
        folders(
            "x.o -L/opt/lib -L/here -syslibroot /A -syslibroot /B -Lrel",
            &["/A/opt/lib", "/B/opt/lib", "/B/usr/lib", "/A/rel", "/A/System/Library/Frameworks"]
        ),
        ("/A/opt/lib:/B/opt/lib:/here:rel:/B/usr/lib".into(), "/A/System/Library/Frameworks".into())
    );
}

/// By section: what is said of each default, with the oldest system that has it and the one before.
#[test]
fn defaults_follow_from_the_target() {
    use Arch::{Arm64, X86_64};
    let target =
        |platform, (major, minor)| Target { platform, min: Version::new(major, minor), sdk: Version::new(20, 0) };
    for (platform, with, without) in [
        (Platform::MACOS, (12, 0), (11, 7)),
        (Platform::IOS, (13, 4), (13, 3)),
        (Platform::IOS_SIMULATOR, (15, 0), (14, 5)),
        (Platform::TVOS, (14, 0), (13, 9)),
        (Platform::TVOS_SIMULATOR, (15, 0), (14, 9)),
        (Platform::WATCHOS, (7, 0), (6, 3)),
        (Platform::WATCHOS_SIMULATOR, (8, 0), (7, 9)),
    ] {
        let (args, _) = link("x.o");
        for (min, expected) in [(with, true), (without, false)] {
            let target = target(platform, min);
            assert_eq!(args.chained_fixups(Arm64, target), expected, "{target:?}");
            assert_eq!(args.init_offsets(Arm64, target), expected, "{target:?}");
            assert!(link("x.o -fixup_chains").0.chained_fixups(Arm64, target));
            assert!(!link("x.o -no_fixup_chains").0.chained_fixups(Arm64, target));
            assert!(!link("x.o -r").0.chained_fixups(Arm64, target));
            assert!(!link("x.o -undefined dynamic_lookup").0.chained_fixups(Arm64, target));
        }
    }
    for (line, arch, platform, min, expected) in [
        ("x.o", X86_64, Platform::MACOS, (12, 0), false),
        ("x.o", X86_64, Platform::MACOS, (13, 0), true),
        ("x.o -dylib", X86_64, Platform::MACOS, (12, 0), true),
        ("x.o -dylib", Arm64, Platform::IOS_SIMULATOR, (15, 0), false),
        ("x.o -dylib", Arm64, Platform::IOS_SIMULATOR, (16, 0), true),
        ("x.o -dylib", Arm64, Platform::IOS, (13, 4), true),
        ("x.o", Arm64, Platform::XROS, (1, 0), true),
    ] {
        assert_eq!(link(line).0.chained_fixups(arch, target(platform, min)), expected, "{line} {platform:?} {min:?}");
    }
    let now = (14, 0);
    for (line, arch, platform, expected) in [
        ("x.o", Arm64, Platform::MACOS, true),
        ("x.o", Arm64, Platform::MAC_CATALYST, true),
        ("x.o", Arm64, Platform::IOS_SIMULATOR, true),
        ("x.o", Arm64, Platform::IOS, false),
        ("x.o", X86_64, Platform::MACOS, false),
        ("x.o -r", Arm64, Platform::MACOS, false),
        ("x.o -adhoc_codesign", X86_64, Platform::MACOS, true),
        ("x.o -no_adhoc_codesign", Arm64, Platform::MACOS, false),
    ] {
        assert_eq!(link(line).0.adhoc_codesign(arch, target(platform, now)), expected, "{line} {arch:?} {platform:?}");
    }
    let (args, _) = link("x.o");
    assert!(args.relative_method_lists(target(Platform::MACOS, (11, 0))));
    assert!(!args.relative_method_lists(target(Platform::MACOS, (10, 15))));
    assert!(args.data_const(target(Platform::MACOS, (10, 15))) && !args.data_const(target(Platform::MACOS, (10, 14))));
    assert!(!link("x.o -no_data_const").0.data_const(target(Platform::MACOS, now)));
    assert!(args.encryptable(target(Platform::IOS, now)) && !args.encryptable(target(Platform::MACOS, now)));
    assert!(args.function_starts() && !link("x.o -r").0.function_starts());
    assert_eq!((args.pagezero_size(), link("x.o -dylib").0.pagezero_size()), (1 << 32, 0));
    assert_eq!((args.install_name(), args.entry_symbol()), ("a.out".into(), &b"_main"[..]));
    assert_eq!(link("x.o -final_output f -e _s").0.install_name(), "f".into());
}

#[test]
fn names_and_paths_need_not_be_utf8() {
    let odd = OsString::from_vec(b"a\xff.o".to_vec());
    let joined = |prefix: &[u8]| OsString::from_vec([prefix, b"a\xff.o"].concat());
    let argv = vec![odd.clone(), joined(b"-L"), joined(b"-l"), "-u".into(), odd.clone(), "-o".into(), odd.clone()];
    let Ok(Parsed { command: Command::Link(args), .. }) = run(argv, &[]) else { panic!() };
    assert_eq!((args.inputs[0].what.clone(), &args.output), (What::File(odd.clone().into()), &PathBuf::from(&odd)));
    assert_eq!(args.inputs[1].what, What::Library(odd.clone()));
    assert_eq!((&*args.forced_undefined[0], &args.library_paths[0]), (odd.as_bytes(), &PathBuf::from(&odd)));
    for flag in [&b"-unknown"[..], b"--icf=", b"-Wl,"] {
        assert_eq!(run(vec!["x.o".into(), joined(flag)], &[]).unwrap_err().len(), 1);
    }
}

/// Every spelling is found as itself, whatever beginnings there are; none is there twice.
#[test]
fn the_table_has_no_ambiguity() {
    let mut seen = HashSet::new();
    for flag in flags::all() {
        for name in flag.names {
            assert!(seen.insert((*name).to_owned()), "{name} is there twice");
            let typed = name.replace('*', "anything");
            let found = flags::find(typed.as_bytes()).unwrap_or_else(|| panic!("{name}"));
            assert!(std::ptr::eq(found.flag, flag), "{name} is found as {}", found.flag.names[0]);
            if let Effect::Switch(_) = flag.effect {
                let opposite = match name.strip_prefix("--") {
                    Some(bare) => format!("--no-{bare}"),
                    None => format!("-no_{}", &name[1..]),
                };
                assert!(flags::find(opposite.as_bytes()).is_some_and(|found| found.negated), "{opposite}");
                assert!(seen.insert(opposite), "-no_ of {name} is there twice");
            }
            // Help is one line of plain text: it is printed in messages, too.
            assert!(!flag.help.contains('\n') && !flag.help.ends_with('.'), "{name}");
            assert_eq!(name.ends_with('*') && flag.effect.shape().is_some(), matches!(flag.effect, Effect::Joined(..)));
        }
    }
}

/// No line of hostile words makes the parser panic.
#[test]
fn odd_words_are_errors_at_worst() {
    let names = flags::all().flat_map(|flag| flag.names.iter().map(|name| name.replace('*', "")));
    for name in names.chain(["-", "--", "---", "--=", "-=", "-no_"].map(str::to_owned)) {
        for value in ["", "=", "=é", "é", "0x", "=99999999999999999999999", "=a=b", "=\u{0}"] {
            for rest in [&[][..], &["x.o"], &[""; 5], &["é.,:="; 5], &["ffffffffffffffffff"; 5], &["4294967296.1"; 5]]
            {
                let argv =
                    [&[name.clone() + value][..], &rest.iter().map(|&r| r.to_owned()).collect::<Vec<_>>()].concat();
                let _ = run(argv.into_iter().map(OsString::from).collect(), &[]);
            }
        }
    }
}

/// `docs/options-macho.md` is printed from the table; `SINEW_BLESS=1 cargo test options_md` writes it anew.
#[test]
fn options_md_is_what_the_table_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/options-macho.md");
    let mut text =
        "# The Mach-O command line\n\nPrinted from the table in `src/args/macho`; a test keeps it true. The values of \
        options with one dash are the\nnext arguments; those of options with two may follow `=` instead. Addresses, sizes and \
        alignments are hexadecimal. `@FILE` stands for the\narguments in FILE.\n"
            .to_owned();
    for group in flags::GROUPS {
        text += &format!("\n## {}\n\n| option | |\n|---|---|\n", group.title);
        for flag in group.flags.iter().filter(|flag| !flag.help.is_empty()) {
            let names: Vec<String> = help::spellings(flag).iter().map(|name| format!("`{name}`")).collect();
            text += &format!("| {} | {} |\n", names.join(", "), flag.help.replace('|', "\\|"));
        }
    }
    if std::env::var_os("SINEW_BLESS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == text, "docs/options-macho.md is stale: SINEW_BLESS=1 cargo test options_md");
}
