//! Command lines and what they must come to: the rules of parsing, what compilers pass, what tables promise.

use super::flags::{self, Effect, Takes};
use super::z::KEYWORDS;
use super::*;
use std::collections::HashSet;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

fn words(line: &str) -> Vec<OsString> {
    line.split_whitespace().map(OsString::from).collect()
}

fn link(line: &str) -> (Args, Vec<String>) {
    match parse(words(line)) {
        Ok(Parsed { command: Command::Link(args), warnings }) => (*args, warnings),
        other => panic!("{line}: {other:?}"),
    }
}

fn errors(line: &str) -> Vec<String> {
    parse(words(line)).map(|parsed| panic!("{line}: {parsed:?}")).unwrap_err()
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

#[test]
fn flags_set_their_fields() {
    for (line, expected) in [
        ("-o out", &["output: \"out\""][..]),
        ("-oout", &["output: \"out\""]),
        ("--output=out", &["output: \"out\""]),
        // One dash and an `o` is -o with a value, even where a long flag begins so.
        ("-omagic", &["output: \"magic\""]),
        ("--omagic", &["omagic: true", "is_static: true"]),
        ("-n", &["nmagic: true"]),
        ("-shared", &["kind: Shared"]),
        ("--shared -no-pie", &["kind: Shared"]),
        ("-Bshareable", &["kind: Shared"]),
        ("-pie -pie", &["kind: Pie"]),
        ("-pie -shared", &["kind: Shared", "no_undefined: false"]),
        ("-r", &["kind: Relocatable", "no_undefined: false"]),
        ("-static", &["is_static: true"]),
        ("-melf_x86_64", &["emulation: Some(X86_64)"]),
        ("-m elf_amd64", &["emulation: Some(X86_64)"]),
        ("-e main", &["entry: Some(\"main\")"]),
        ("-emain", &["entry: Some(\"main\")"]),
        ("-entry=0x1000", &["entry: Some(\"0x1000\")"]),
        ("-init start_me -fini=stop_me", &["init: \"start_me\"", "fini: \"stop_me\""]),
        ("-dynamic-linker /lib/ld.so", &["dynamic_linker: Some(\"/lib/ld.so\")"]),
        ("--dynamic-linker=/lib/ld.so", &["dynamic_linker: Some(\"/lib/ld.so\")"]),
        ("-I/lib/ld.so", &["dynamic_linker: Some(\"/lib/ld.so\")"]),
        ("--oformat binary", &["oformat_binary: true"]),
        ("--image-base=0x10000", &["image_base: Some(65536)"]),
        ("-Ttext-segment=10000", &["image_base: Some(65536)"]),
        ("-Ttext 7c00", &["section_starts: [(\".text\", 31744)]"]),
        ("-Ttext=0x0 --section-start .data=0x20 --section-start=.text=10", &["[(\".data\", 32), (\".text\", 16)]"]),
        ("-T x.ld", &["scripts: [\"x.ld\"]"]),
        ("-Tx.ld --script=y.ld -dT z.ld", &["scripts: [\"x.ld\", \"y.ld\", \"z.ld\"]"]),
        ("-La -L b --library-path=c -library-path d", &["library_paths: [\"a\", \"b\", \"c\", \"d\"]"]),
        ("-L=/usr/lib -L$SYSROOT/lib -L/x --sysroot=/s", &["[\"/s/usr/lib\", \"/s/lib\", \"/x\"]"]),
        ("-L=/usr/lib -L=lib --sysroot=/", &["[\"/usr/lib\", \"/lib\"]"]),
        ("-rpath a -rpath=b --rpath a:b -rpath b", &["rpath: \"a:b:a:b\""]),
        ("-rpath a:b -rpath b", &["rpath: \"a:b\""]),
        ("-rpath-link=a:b -rpath-link c", &["rpath_link: [\"a\", \"b\", \"c\"]"]),
        ("--disable-new-dtags", &["new_dtags: false"]),
        ("-soname x.so.1 -shared", &["soname: Some(\"x.so.1\")"]),
        ("-hx.so.1", &["soname: Some(\"x.so.1\")"]),
        ("-hash-style=gnu", &["hash_sysv: false, hash_gnu: true"]),
        ("--hash-style sysv", &["hash_sysv: true, hash_gnu: false"]),
        ("-shared -F a --filter=b -f c", &["filter: [\"a\", \"b\"]", "auxiliary: [\"c\"]"]),
        ("--audit a --audit=b -Pc", &["audit: \"a:b\"", "depaudit: \"c\""]),
        ("--build-id", &["build_id: Fast"]),
        ("--build-id=sha1 --build-id=0xabCD", &["build_id: Hex([171, 205])"]),
        ("--build-id=uuid", &["build_id: Uuid"]),
        ("--package-metadata={%22a%22:%22b%2Cc%22}", &[r#"package_metadata: Some("{\"a\":\"b,c\"}")"#]),
        ("--pack-dyn-relocs=relr", &["relr: Packed,"]),
        ("-z pack-relative-relocs", &["relr: PackedWithNeed"]),
        ("-E", &["export_dynamic: true"]),
        ("-export-dynamic", &["export_dynamic: true"]),
        ("--export-dynamic-symbol=a* --export-dynamic-symbol-list l", &["[\"a*\"]", "lists: [\"l\"]"]),
        ("--dynamic-list=l --version-script v", &["dynamic_lists: [\"l\"]", "version_scripts: [\"v\"]"]),
        ("--no-undefined-version", &["undefined_version: false"]),
        ("-Bsymbolic-functions", &["bsymbolic: Functions"]),
        ("--exclude-libs=a.a,b.a:ALL", &["exclude_libs: [\"a.a\", \"b.a\", \"ALL\"]"]),
        ("-u a -ub --undefined=c", &["undefined: [\"a\", \"b\", \"c\"]"]),
        ("--require-defined a", &["require_defined: [\"a\"]"]),
        ("--defsym=__gentoo_check_ldflags__=0", &["defsym: [(\"__gentoo_check_ldflags__\", \"0\")]"]),
        ("--defsym a=b==1", &["defsym: [(\"a\", \"b==1\")]"]),
        ("--wrap=a --wrap b", &["wrap: [\"a\", \"b\"]"]),
        ("-retain-symbols-file k", &["retain_symbols_file: Some(\"k\")"]),
        ("-x", &["discard: All"]),
        ("-x -X", &["discard: Locals"]),
        ("-s", &["strip: All"]),
        ("-s -S", &["strip: All"]),
        ("--strip-debug", &["strip: Debug"]),
        ("--no-demangle", &["demangle: false"]),
        ("--unresolved-symbols=ignore-all", &["unresolved: Ignore", "allow_shlib_undefined: Some(true)"]),
        ("--warn-unresolved-symbols", &["unresolved: Warn"]),
        ("-z undefs", &["unresolved: Ignore"]),
        ("--no-allow-shlib-undefined", &["allow_shlib_undefined: Some(false)"]),
        ("-z muldefs", &["allow_multiple_definition: true"]),
        ("--fatal-warnings -w", &["fatal_warnings: true", "no_warnings: true"]),
        ("--error-limit=0", &["error_limit: 0"]),
        ("-color-diagnostics", &["color: true"]),
        ("--color-diagnostics=always", &["color: true"]),
        ("--gc-sections --print-gc-sections", &["gc_sections: true", "print_gc_sections: Some(None)"]),
        ("-O 2", &["optimize: 2"]),
        ("-O0", &["optimize: 0"]),
        ("--no-relax", &["relax: false"]),
        ("--sort-section=alignment", &["sort_section: Alignment"]),
        ("--unique --unique=.text.*", &["unique: [\"*\", \".text.*\"]"]),
        ("-q --no-rosegment", &["emit_relocs: true", "rosegment: false"]),
        ("--compress-debug-sections=zstd:3", &["compress_debug: Zstd"]),
        ("--compress-debug-sections zlib-gabi", &["compress_debug: Zlib"]),
        ("--gdb-index", &["gdb_index: true"]),
        ("-Map=m.txt", &["map: Some(Some(\"m.txt\"))"]),
        ("-Map -", &["map: Some(None)"]),
        ("-M", &["map: Some(None)"]),
        ("-t -y a --trace-symbol=b -yc", &["trace: true", "trace_symbols: [\"a\", \"b\", \"c\"]"]),
        ("--dependency-file=d", &["dependency_file: Some(\"d\")"]),
        ("--verbose=2 --time --stats", &["verbose: true", "time: true", "stats: true"]),
        ("-j4", &["threads: Some(4)"]),
        ("-j 1", &["threads: Some(1)"]),
        ("--threads=8", &["threads: Some(8)"]),
        ("--thread-count 2", &["threads: Some(2)"]),
        ("--no-threads", &["threads: Some(1)"]),
        ("--no-fork --inline-below=0", &["fork: false", "inline_below: 0"]),
        ("--why-live=a* --time-trace=t", &["why_live: [\"a*\"]", "time_trace: Some(Some(\"t\"))"]),
        ("-z now -zrelro -znoexecstack", &["now: true"]),
        ("-z max-page-size=0x10000", &["max_page_size: Some(65536)"]),
        ("-z separate-loadable-segments", &["separate: All"]),
        ("-z start-stop-visibility=hidden", &["start_stop_visibility: 2"]),
        ("-z stack-size=0x100", &["stack_size: Some(256)"]),
        ("-z x86-64-v3", &["isa_needed: 4"]),
        ("-z dead-reloc-in-nonalloc=.debug_*=0xffff", &["dead_reloc_in_nonalloc: [(\".debug_*\", 65535)]"]),
        ("-z nosectionheader -z nognustack", &["section_header: false", "gnu_stack: false"]),
        ("-z cet-report=warning -z notext", &["cet_report: Warning", "text: Allow"]),
        ("-plugin p.so", &["plugin: Some(\"p.so\")"]),
    ] {
        check(line, expected);
    }
    assert!(link("-shared -z defs x.o").0.no_undefined);
    assert!(!link("-shared x.o").0.no_undefined && link("x.o").0.no_undefined && link("-pie x.o").0.no_undefined);
    assert!(!link("-omagic x.o").0.omagic);
}

#[test]
fn later_flags_cancel_earlier_ones() {
    for line in [
        "-pie -no-pie",
        "-static -Bdynamic",
        "--gc-sections --no-gc-sections",
        "--export-dynamic --no-export-dynamic",
        "--build-id --build-id=none",
        "--build-id=md5 --no-build-id",
        "--print-gc-sections --no-print-gc-sections",
        "-z now -z lazy",
        "-z pack-relative-relocs -z nopack-relative-relocs",
        "--unresolved-symbols=ignore-in-object-files --unresolved-symbols=report-all",
        "-z undefs -z defs",
        "--hash-style=gnu --hash-style=both",
        "--push-state --as-needed -static --whole-archive --pop-state",
        "-o x -o a.out",
        "--dynamic-linker=/x --no-dynamic-linker",
        // Sticky: riscv compilers pass both, in this order.
        "-no-dynamic-linker -dynamic-linker /x",
        "--threads=3 --threads",
        "--color-diagnostics --no-color-diagnostics",
        "-b binary -b elf",
    ] {
        check_default(line);
    }
}

#[test]
fn what_others_ignore_is_ignored() {
    for line in [
        "-plugin-opt=x -plugin-opt y --plugin-opt=-pass-through=-lc",
        "--start-group --end-group -( -)",
        "-EL -O1 --sort-common --sort-common=descending",
        "--no-add-needed --no-copy-dt-needed-entries --no-keep-memory --reduce-memory-overheads",
        "--max-cache-size=1 --hash-size=7 -nostdlib -g -G 8 -G8 -Qy -qmagic -assert x -a k -A i386 -Y P,/lib",
        "-flto -flto=auto -flto-partition=none -fuse-ld=x --lto-O3 --thinlto-jobs=all --thinlto-cache-dir=d",
        "--thinlto-cache-policy=p -mllvm -x --mllvm=-y --save-temps --disable-verify --opt-remarks-filename=f",
        "--warn-once --warn-constructors --warn-execstack --no-warn-execstack --no-warn-rwx-segments",
        "--long-plt --secure-plt --fix-cortex-a53-835769 --fix-cortex-a53-843419 --no-call-graph-profile-sort",
        "--no-ctors-in-init-array --map-whole-files -z combreloc -z nocombreloc --no-icf --icf=none",
        "--no-warn-mismatch --no-warn-search-mismatch --enable-new-dtags --no-define-common",
        "--mmap-output-file --no-mmap-output-file --fork --demangle=gnu-v3 --orphan-handling=place",
    ] {
        check_default(line);
    }
    check("-X", &["discard: Locals"]);
    check("-d", &["define_common: true"]);
    check("-dc -dp", &["define_common: true"]);
    check("-z common-page-size=4096 -z ibtplt", &["common_page_size: Some(4096)", "ibt_plt: true"]);
}

#[test]
fn state_is_positional() {
    let (args, _) = link(
        "a.o -la --as-needed -lb --push-state --no-as-needed --whole-archive -Bstatic c.a --pop-state -ld \
         --start-lib e.o --end-lib -b binary f --push-state -b elf g.o --pop-state h -l:i.so",
    );
    let seen: Vec<String> = args
        .inputs
        .iter()
        .map(|input| {
            let name = match &input.what {
                InputName::File(path) => path.display().to_string(),
                InputName::Library(name) => format!("-l{name}"),
            };
            let s = input.state;
            let set = [s.as_needed, s.whole_archive, s.prefer_static, s.lazy, s.binary, s.just_symbols];
            let set = set.iter().zip("nwslbj".chars()).filter(|(on, _)| **on).map(|(_, letter)| letter);
            name + " " + &set.collect::<String>()
        })
        .collect();
    let expected = ["a.o ", "-la ", "-lb n", "c.a ws", "-ld n", "e.o nl", "f nb", "g.o n", "h n", "-l:i.so n"];
    assert_eq!(seen, expected);
}

#[test]
fn a_folder_for_r_is_a_run_path() {
    let folder = std::env::temp_dir();
    assert_eq!(link(&format!("x.o -R {}", folder.display())).0.rpath, folder.display().to_string());
    let (args, _) = link("x.o -Rsyms.o y.o");
    assert!(args.inputs[1].state.just_symbols && !args.inputs[2].state.just_symbols);
}

#[test]
fn paths_need_not_be_utf8() {
    let odd = OsString::from_vec(b"a\xff.o".to_vec());
    let joined = |prefix: &[u8]| OsString::from_vec([prefix, b"a\xff.o"].concat());
    let argv = vec![odd.clone(), joined(b"-o"), joined(b"-L"), joined(b"--dependency-file="), "-T".into(), odd.clone()];
    let Ok(Parsed { command: Command::Link(args), .. }) = parse(argv) else { panic!() };
    let path = PathBuf::from(&odd);
    assert_eq!(args.inputs[0].what, InputName::File(path.clone()));
    assert_eq!((&args.output, &args.library_paths[0], &args.scripts[0]), (&path, &path, &path));
    assert_eq!(args.dependency_file, Some(path));
    for flag in [&b"-soname="[..], b"-l", b"--unknown"] {
        assert_eq!(parse(vec![joined(flag)]).unwrap_err().len(), 1);
    }
}

#[test]
fn errors_name_the_flag_and_what_helps() {
    for (line, expected) in [
        ("", &["no input files"][..]),
        ("-shared", &["no input files"]),
        ("x.o --gc-section", &["unknown flag: --gc-section; did you mean --gc-sections?"]),
        ("x.o -sahred", &["unknown flag: -sahred; did you mean --shared?"]),
        ("x.o --no-as-neded", &["unknown flag: --no-as-neded; did you mean --no-as-needed?"]),
        ("x.o --push-stat=1", &["unknown flag: --push-stat; did you mean --push-state?"]),
        ("x.o --frobnicate", &["unknown flag: --frobnicate (--help lists those that are known)"]),
        ("x.o -Wl,-s,-x", &["unknown flag: -Wl,-s,-x (-Wl is for compilers; the linker wants -s -x)"]),
        ("x.o -o", &["-o needs a value: FILE"]),
        ("x.o --soname", &["--soname needs a value: NAME"]),
        ("x.o --shared=1", &["--shared takes no value, but '--shared=1' gives one"]),
        ("x.o -m aarch64linux", &["linking for 64-bit Arm is not supported yet"]),
        ("x.o -m elf_i386", &["linking for 32-bit x86 is not supported yet"]),
        ("x.o -m vax", &["-m vax: unknown emulation; supported: elf_x86_64"]),
        ("x.o -EB", &["-EB: big-endian"]),
        ("x.o --be8", &["--be8: for 32-bit Arm only"]),
        ("x.o --toc-optimize", &["--toc-optimize: for PowerPC only"]),
        ("x.o -r -pie", &["-r and --pie cannot be used together"]),
        ("x.o -r -shared", &["-r and --shared cannot be used together"]),
        ("x.o -fPIC", &["--auxiliary is for shared libraries"]),
        ("x.o --pop-state", &["--pop-state: there is no --push-state"]),
        ("x.o --end-lib", &["--end-lib: there is no --start-lib"]),
        ("x.o --start-lib --start-lib", &["--start-lib: the previous"]),
        ("x.o --build-id=sha3", &["--build-id: 'sha3' is not one of none"]),
        ("x.o --build-id=0x123", &["--build-id: '0x123'"]),
        ("x.o --hash-style=x", &["--hash-style: 'x' is not one of gnu, sysv, both, none"]),
        ("x.o -j0", &["-j: '0' is no number of threads"]),
        ("x.o --threads=x", &["--threads: 'x' is not a number"]),
        ("x.o -Ttext=xyz", &["-Ttext: 'xyz' is not a hexadecimal number"]),
        ("x.o --section-start=.text", &["--section-start: '.text' is not of the form SECTION=ADDRESS"]),
        ("x.o --defsym=x", &["--defsym: 'x' is not of the form SYMBOL=EXPRESSION"]),
        ("x.o --package-metadata=%4", &["--package-metadata: '%4' has a %"]),
        ("x.o --package-metadata=%+f", &["--package-metadata: '%+f' has a %"]),
        ("x.o --package-metadata=%ff", &["--package-metadata: '%ff' is not valid UTF-8"]),
        ("x.o --compress-debug-sections=lzma", &["'lzma' is not one of"]),
        ("x.o --orphan-handling=error", &["'error' is not supported"]),
        ("x.o -z max-page-size=3000", &["-z max-page-size=3000: '3000' does not fit"]),
        ("x.o -z rel", &["-z rel: x86-64 has"]),
        ("x.o -z pac-plt", &["-z pac-plt: for 64-bit Arm only"]),
        ("x.o -b srec", &["-b: 'srec' is not an input format"]),
        ("x.o --oformat=srec", &["--oformat: 'srec' is not supported"]),
        ("x.o --spare-dynamic-tags=99999999999", &["--spare-dynamic-tags: '99999999999' is no such count"]),
        // All at once, in order.
        ("-r -z rel --what -j 0", &["-z rel", "unknown flag: --what", "-j: '0'"]),
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
        ("-z nwo", "-z nwo is ignored: unknown keyword; did you mean now?"),
        ("-z nodefs", "-z nodefs is ignored: unknown keyword"),
        ("-z now=1", "-z now=1 is ignored: now takes no value"),
        ("-z stack-size", "-z stack-size is ignored: stack-size needs a value"),
        ("--icf=all", "--icf=all: identical code is not folded"),
        ("--symbol-ordering-file=f", "--symbol-ordering-file has no effect: sections stay in input order"),
        ("-export-dynamik", "-export-dynamik is read as -e xport-dynamik; did you mean --export-dynamic?"),
    ] {
        let (_, warnings) = link(&format!("{line} x.o"));
        assert_eq!(warnings.len(), 1, "{line}: {warnings:?}");
        assert!(warnings[0].starts_with(expected), "{line}: {warnings:?}");
    }
}

#[test]
fn asking_for_the_version_or_help() {
    let command = |line: &str| parse(words(line)).map(|parsed| parsed.command);
    assert!(matches!(command("--version"), Ok(Command::Version { then_link: None, .. })));
    assert!(matches!(command("x.o -lc --version --what"), Ok(Command::Version { then_link: None, .. })));
    assert!(matches!(command("-v"), Ok(Command::Version { then_link: None, emulations: false })));
    assert!(matches!(command("-V"), Ok(Command::Version { then_link: None, emulations: true })));
    assert!(matches!(command("-v x.o"), Ok(Command::Version { then_link: Some(_), .. })));
    assert!(matches!(command("-help"), Ok(Command::Help)));
    assert!(matches!(command("--print-output-format"), Ok(Command::Print(text)) if text == "elf64-x86-64"));
    assert!(matches!(command("--sysroot=/s --print-sysroot"), Ok(Command::Print(text)) if text == "/s"));
    // The kernel's build asks in this way whether a flag is known.
    assert!(command("--what -v").is_err() && command("--what --version").is_err());
    // What libtool, meson, CMake and configure scripts look for.
    assert!(VERSION.starts_with("sinew ") && VERSION.contains("GNU ld") && !VERSION.contains("gold"));
    let help = help();
    for needle in
        ["--push-state", "--pop-state", ": supported targets:", "elf64-x86-64", "supported emulations: elf_x86_64"]
    {
        assert!(help.contains(needle), "{needle}");
    }
    assert!(!help.contains("inline-below"));
}

/// Recorded from gcc 12.2, clang 19.1 and rustc 1.95 with `-###`; folders are shortened.
#[test]
fn what_compilers_pass_is_understood() {
    const GCC: &str = "-plugin /g/liblto_plugin.so -plugin-opt=/g/lto-wrapper -plugin-opt=-fresolution=/t/cc.res \
        -plugin-opt=-pass-through=-lgcc -plugin-opt=-pass-through=-lgcc_s --eh-frame-hdr -m elf_x86_64 \
        --hash-style=gnu --as-needed";
    let pie = format!(
        "{GCC} --build-id -dynamic-linker /lib64/ld-linux-x86-64.so.2 -pie -o h Scrt1.o crti.o -L/g -L/g/../../../../lib \
         h.o -lgcc --push-state --as-needed -lgcc_s --pop-state -lc crtn.o"
    );
    let (args, warnings) = link(&pie);
    assert_eq!((args.kind, args.is_static, args.eh_frame_hdr), (OutputKind::Pie, false, true));
    assert_eq!((args.build_id, args.inputs.len(), args.library_paths.len()), (BuildId::Fast, 7, 2));
    assert!(warnings.is_empty() && args.inputs.iter().all(|input| input.state.as_needed));

    let (args, warnings) = link(&format!("{GCC} -static -pie --no-dynamic-linker -z text -pie -o h rcrt1.o h.o"));
    assert_eq!((args.kind, args.is_static, args.dynamic_linker), (OutputKind::Pie, true, None));
    assert!(warnings.is_empty());

    // gcc -r, and riscv's spelling of the hash style.
    let (args, _) = link(&format!("{GCC} -r -dynamic-linker /lib64/ld.so -hash-style=gnu -o h h.o"));
    assert_eq!(args.kind, OutputKind::Relocatable);

    // gcc -static-libstdc++ -fsanitize=address -s.
    let (args, _) = link("-s p.o -Bstatic -lstdc++ -Bdynamic --push-state --no-as-needed -lasan --pop-state -lc");
    let of = |i: usize| args.inputs[i].state;
    assert!(of(1).prefer_static && !of(2).prefer_static && !args.is_static && args.strip == Strip::All);

    // clang: an executable, with sanitizer and coverage runtimes.
    let (args, warnings) = link(
        "--hash-style=gnu --build-id --eh-frame-hdr -m elf_x86_64 -pie -dynamic-linker /lib64/ld.so -o h Scrt1.o \
         --whole-archive libclang_rt.asan.a --no-whole-archive --dynamic-list=libclang_rt.asan.a.syms \
         -u__llvm_profile_runtime -export-dynamic h.o -lgcc --as-needed -lgcc_s --no-as-needed -lc \
         --compress-debug-sections=zstd -plugin /l/LLVMgold.so -plugin-opt=mcpu=x86-64 -plugin-opt=O2",
    );
    assert!(warnings.is_empty() && args.export_dynamic && args.undefined == ["__llvm_profile_runtime"]);
    assert!(args.inputs[1].state.whole_archive && !args.inputs[2].state.whole_archive);

    // rustc, after cc: a binary, and a cdylib.
    let (args, warnings) = link(
        "--as-needed -Bstatic liba.rlib -Bdynamic -lgcc_s -lutil -lrt -lpthread -lm -ldl -lc --eh-frame-hdr \
         -z noexecstack -L /r/lib -o x --gc-sections -pie -z relro -z now -O1 --strip-debug",
    );
    assert!(warnings.is_empty() && args.gc_sections && args.z.now && args.strip == Strip::Debug && args.optimize == 1);
    let (args, _) = link("--version-script=/t/list --no-undefined-version -shared x.o -soname=libx.so -rpath=$ORIGIN");
    assert!(!args.undefined_version && args.kind == OutputKind::Shared && args.rpath == "$ORIGIN");

    // Chromium, Fedora, Arch, Fuchsia.
    for line in [
        "--fatal-warnings --build-id=sha1 -z noexecstack -z relro -z now --color-diagnostics -mllvm -x \
         -z keep-text-section-prefix --thinlto-jobs=all --thinlto-cache-dir=d --thinlto-cache-policy=p --no-rosegment \
         --no-call-graph-profile-sort --gdb-index -z defs --as-needed --gc-sections --undefined-version x.o",
        "-z relro --as-needed -z pack-relative-relocs -z now --build-id=sha1 --package-metadata={%22a%22:1} x.o",
        "-O1 --sort-common --as-needed -z relro -z now -z pack-relative-relocs x.o",
        "-z max-page-size=4096 -z now -z start-stop-visibility=hidden -z rodynamic -z separate-loadable-segments \
         --pack-dyn-relocs=relr x.o",
    ] {
        assert_eq!(link(line).1, [""; 0], "{line}");
    }
}

#[test]
fn the_command_line_is_kept() {
    assert_eq!(link("-o h x.o -lc").0.command_line, ["-o", "h", "x.o", "-lc"]);
}

#[test]
fn a_folder_for_the_map_gets_a_file() {
    let folder = std::env::temp_dir();
    let (args, _) = link(&format!("x.o -o d/prog -Map={}", folder.display()));
    assert_eq!(args.map, Some(Some(folder.join("prog.map"))));
}

/// Every spelling is found as itself, whatever prefixes and short flags there are; none is there twice.
#[test]
fn the_table_has_no_ambiguity() {
    let mut seen = HashSet::new();
    for flag in flags::all() {
        for name in flag.names {
            assert!(seen.insert(name.trim_start_matches('-')), "{name} is there twice");
            let bare = name.trim_start_matches('-');
            let typed = bare.replace('*', "anything");
            let found = flags::find(typed.as_bytes(), bare.len() > 1).unwrap_or_else(|| panic!("{name}"));
            assert!(std::ptr::eq(found.flag, flag), "{name} is found as {}", found.flag.names[0]);
            if matches!(flag.effect, Effect::Switch(_)) && bare.len() > 1 {
                let opposite = format!("no-{bare}");
                assert!(flags::find(opposite.as_bytes(), true).is_some_and(|found| found.negated), "{opposite}");
                assert!(seen.insert(Box::leak(opposite.into_boxed_str())), "--no-{bare} is there twice");
            }
            // Help is one line of plain text: it is printed in messages, too.
            assert!(!flag.help.contains('\n') && !flag.help.ends_with('.'), "{name}");
        }
        if let Effect::Plain(_) | Effect::Switch(_) = flag.effect {
            assert!(flag.effect.takes() == Takes::Nothing);
        }
    }
    let mut keywords = HashSet::new();
    for keyword in KEYWORDS {
        assert!(keywords.insert(keyword.name), "-z {} is there twice", keyword.name);
    }
}

/// No line of hostile words makes the parser panic.
#[test]
fn odd_words_are_errors_at_worst() {
    let names: Vec<String> = flags::all().flat_map(|flag| flag.names.iter().map(|name| (*name).to_owned())).collect();
    let keywords = KEYWORDS.iter().map(|keyword| format!("-z{}", keyword.name));
    for name in names.into_iter().chain(keywords).chain(["-".into(), "--".into(), "---".into(), "--=".into()]) {
        for value in ["", "=", "=é", "=0x", "=%", "=%é", "=99999999999999999999999", "=a=b", "x", "=\u{0}", ":", "=-"]
        {
            for rest in [&[][..], &["x.o"], &[""]] {
                let argv =
                    [&[name.clone() + value][..], &rest.iter().map(|&r| r.to_owned()).collect::<Vec<_>>()].concat();
                let _ = parse(argv.into_iter().map(OsString::from).collect());
            }
        }
    }
}

/// `docs/options.md` is printed from the tables; `SINEW_BLESS=1 cargo test options_md` writes it anew.
#[test]
fn options_md_is_what_the_tables_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/options.md");
    let expected = options_md();
    if std::env::var_os("SINEW_BLESS").is_some() {
        std::fs::create_dir_all(concat!(env!("CARGO_MANIFEST_DIR"), "/docs")).unwrap();
        std::fs::write(path, &expected).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == expected, "docs/options.md is stale: SINEW_BLESS=1 cargo test options_md");
}

fn options_md() -> String {
    let mut text = "# The ELF command line\n\nPrinted from the tables in `src/args/elf`; a test keeps it true. Long flags take \
        one dash or two\n(except those in `o`, which need two); a value follows `=` or is the next argument. A value in\n\
        brackets must be joined. `@FILE` stands for the arguments in FILE.\n"
        .to_owned();
    let row = |name: &str, help: &str| format!("| {name} | {} |\n", help.replace('|', "\\|"));
    for group in flags::GROUPS {
        text += &format!("\n## {}\n\n| flag | |\n|---|---|\n", group.title);
        for flag in group.flags.iter().filter(|flag| !flag.help.is_empty()) {
            let names: Vec<String> = help::spellings(flag).iter().map(|name| format!("`{name}`")).collect();
            text += &row(&names.join(", "), flag.help);
        }
    }
    for (title, wanted) in [
        ("Keywords of `-z`", 0),
        ("Keywords of `-z`: accepted, no effect", 1),
        ("Keywords of `-z`: accepted with a warning", 2),
        ("Keywords of `-z`: not supported", 3),
    ] {
        text += &format!("\n## {title}\n\n| keyword | |\n|---|---|\n");
        for keyword in KEYWORDS {
            let class = match keyword.effect {
                z::Effect::Ignored => 1,
                z::Effect::Warned => 2,
                z::Effect::Refused => 3,
                _ => 0,
            };
            if class == wanted {
                text += &row(&format!("`{}`", keyword.name), keyword.help);
            }
        }
    }
    text
}
