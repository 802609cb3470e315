//! What an ELF command line asks for, after parsing: the one description of a link that the passes read.
//!
//! `flags/` is the table of flags, `z.rs` that of `-z` keywords, `parse.rs` walks the line, `help.rs` prints the tables.

mod flags;
mod help;
mod parse;
#[cfg(test)]
mod tests;
mod values;
mod z;

pub use help::{VERSION, emulations, help};
pub use parse::{Command, Parsed, parse};

use std::path::PathBuf;

/// Everything that the command line decides, with the defaults filled in.
#[derive(Debug, Clone)]
pub struct Args {
    /// `-o`; `a.out` when absent.
    pub output: PathBuf,
    /// What kind of file to write.
    pub kind: OutputKind,
    /// `-static` in force at the end of the line: no dynamic section unless the kind needs one.
    pub is_static: bool,
    /// Inputs in command-line order, each with the positional flags in force.
    pub inputs: Vec<InputArg>,
    /// `-m`, when given; otherwise the first object decides.
    pub emulation: Option<Emulation>,
    /// `-L`, in order; sysroot prefixes are already applied.
    pub library_paths: Vec<PathBuf>,
    /// `--sysroot`, empty when none.
    pub sysroot: PathBuf,
    /// `-T`/`--script` files (text scripts in the place of objects are found among `inputs`).
    pub scripts: Vec<PathBuf>,

    /// `-e`; `None` is `_start`.
    pub entry: Option<String>,
    /// `-init`, default `_init`.
    pub init: String,
    /// `-fini`, default `_fini`.
    pub fini: String,
    /// `-dynamic-linker`; `None` with `--no-dynamic-linker` or when not given.
    pub dynamic_linker: Option<String>,
    /// `-soname`.
    pub soname: Option<String>,
    /// `-rpath` values joined by `:`, duplicates removed; empty is none.
    pub rpath: String,
    /// `--enable-new-dtags`: DT_RUNPATH rather than DT_RPATH.
    pub new_dtags: bool,
    /// `-rpath-link` directories.
    pub rpath_link: Vec<PathBuf>,
    /// `--filter` values.
    pub filter: Vec<String>,
    /// `--auxiliary` values.
    pub auxiliary: Vec<String>,
    /// `--audit` values joined by `:`.
    pub audit: String,
    /// `--depaudit` values joined by `:`.
    pub depaudit: String,
    /// `--hash-style`.
    pub hash_sysv: bool,
    /// `--hash-style`.
    pub hash_gnu: bool,
    /// `--eh-frame-hdr`.
    pub eh_frame_hdr: bool,
    /// `--build-id`.
    pub build_id: BuildId,
    /// `--package-metadata`, percent-decoded.
    pub package_metadata: Option<String>,
    /// `--pack-dyn-relocs=relr` or `-z pack-relative-relocs`.
    pub relr: Relr,

    /// `--export-dynamic`.
    pub export_dynamic: bool,
    /// `--export-dynamic-symbol` globs.
    pub export_dynamic_symbols: Vec<String>,
    /// `--export-dynamic-symbol-list` files.
    pub export_dynamic_symbol_lists: Vec<PathBuf>,
    /// `--dynamic-list` files.
    pub dynamic_lists: Vec<PathBuf>,
    /// `--dynamic-list-data`.
    pub dynamic_list_data: bool,
    /// `--version-script` files.
    pub version_scripts: Vec<PathBuf>,
    /// `--undefined-version` (default: allowed, as in GNU ld).
    pub undefined_version: bool,
    /// `-Bsymbolic` and relatives.
    pub bsymbolic: Bsymbolic,
    /// `--exclude-libs` names; `ALL` is among them as such.
    pub exclude_libs: Vec<String>,
    /// `-u`.
    pub undefined: Vec<String>,
    /// `--undefined-glob`.
    pub undefined_globs: Vec<String>,
    /// `--require-defined`.
    pub require_defined: Vec<String>,
    /// `--defsym` as (name, expression text).
    pub defsym: Vec<(String, String)>,
    /// `--wrap`.
    pub wrap: Vec<String>,
    /// `--retain-symbols-file`.
    pub retain_symbols_file: Option<PathBuf>,
    /// `-x`, `-X`, `--discard-none`.
    pub discard: Discard,
    /// `-s`, `-S`.
    pub strip: Strip,
    /// `--no-gnu-unique`: STB_GNU_UNIQUE becomes STB_GLOBAL.
    pub gnu_unique: bool,
    /// `--no-demangle` clears it.
    pub demangle: bool,

    /// What to do with undefined symbols in regular objects.
    pub unresolved: Unresolved,
    /// `--no-undefined`/`-z defs` was given, or the output is an executable.
    pub no_undefined: bool,
    /// `--allow-shlib-undefined`; `None` is the kind's default (checked for executables only).
    pub allow_shlib_undefined: Option<bool>,
    /// `--allow-multiple-definition`.
    pub allow_multiple_definition: bool,
    /// `--warn-common`.
    pub warn_common: bool,
    /// `--ignore-unresolved-symbol`.
    pub ignore_unresolved_symbols: Vec<String>,
    /// `--fatal-warnings`.
    pub fatal_warnings: bool,
    /// `-w`.
    pub no_warnings: bool,
    /// `--error-limit`; 0 is no limit.
    pub error_limit: usize,
    /// `--noinhibit-exec`.
    pub no_inhibit_exec: bool,
    /// `--color-diagnostics` resolved against the terminal.
    pub color: bool,
    /// `--warn-textrel` and relatives.
    pub warn_textrel: bool,

    /// `--gc-sections`.
    pub gc_sections: bool,
    /// `--print-gc-sections`: `Some(None)` is standard output.
    pub print_gc_sections: Option<Option<PathBuf>>,
    /// `--why-live`: globs of names.
    pub why_live: Vec<String>,
    /// `--gc-keep-exported`.
    pub gc_keep_exported: bool,
    /// `-O` level (0, 1, 2…).
    pub optimize: u32,
    /// `--relax` (default) or `--no-relax`.
    pub relax: bool,
    /// `--sort-section`.
    pub sort_section: SortSection,
    /// `--unique`/`--unique=GLOB`: do not merge matching input sections.
    pub unique: Vec<String>,
    /// `-q`, `--emit-relocs`.
    pub emit_relocs: bool,
    /// `--rosegment` (default) or `--no-rosegment`.
    pub rosegment: bool,
    /// `-N`.
    pub omagic: bool,
    /// `-n`.
    pub nmagic: bool,
    /// `--image-base`/`-Ttext-segment`: virtual address.
    pub image_base: Option<u64>,
    /// `-Ttext`, `-Tdata`, `-Tbss`, `--section-start` as (output section, virtual address).
    pub section_starts: Vec<(String, u64)>,
    /// `--oformat=binary`.
    pub oformat_binary: bool,
    /// `--check-sections`.
    pub check_sections: bool,
    /// `-d`: allocate common symbols even under `-r`.
    pub define_common: bool,
    /// `--zero-to-bss` and friends are not here: accepted, no effect.
    pub spare_dynamic_tags: usize,
    /// `--compress-debug-sections`.
    pub compress_debug: Compress,
    /// `--gdb-index`.
    pub gdb_index: bool,
    /// `--apply-dynamic-relocs`.
    pub apply_dynamic_relocs: bool,

    /// The `-z` keywords.
    pub z: Z,

    /// `-Map`; `Some(None)` is standard output (`-M`).
    pub map: Option<Option<PathBuf>>,
    /// `--cref`.
    pub cref: bool,
    /// `-t`.
    pub trace: bool,
    /// `-y`.
    pub trace_symbols: Vec<String>,
    /// `--dependency-file`.
    pub dependency_file: Option<PathBuf>,
    /// `--verbose`.
    pub verbose: bool,
    /// `--time`.
    pub time: bool,
    /// `--time-trace`: `Some(None)` is a file beside the output.
    pub time_trace: Option<Option<PathBuf>>,
    /// `--stats`.
    pub stats: bool,
    /// `-j`, `--threads`, `--thread-count`; `None` is all cores.
    pub threads: Option<usize>,
    /// `--no-fork` clears it.
    pub fork: bool,
    /// Bytes of work under which a region stays on one thread; hidden `--inline-below=N`, for tests.
    pub inline_below: u64,
    /// `-plugin-opt`/`-plugin` as given; used in the message for LTO inputs only.
    pub plugin: Option<String>,
    /// The command line as given, response files expanded, without the program name.
    pub command_line: Vec<String>,
}

/// One input in command-line order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputArg {
    /// What to look for.
    pub what: InputName,
    /// The positional flags in force.
    pub state: Positional,
}

/// How an input was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputName {
    /// A path.
    File(PathBuf),
    /// `-lNAME`, or `-l:FILE` with the colon kept.
    Library(String),
}

/// Flags that hold from their place on the command line onward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Positional {
    /// `--as-needed`.
    pub as_needed: bool,
    /// `--whole-archive`.
    pub whole_archive: bool,
    /// `-Bstatic`: `-l` finds archives only.
    pub prefer_static: bool,
    /// Between `--start-lib` and `--end-lib`.
    pub lazy: bool,
    /// `-b binary`.
    pub binary: bool,
    /// `-R FILE`: only symbol values are taken.
    pub just_symbols: bool,
}

/// What to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputKind {
    /// ET_EXEC.
    Exec,
    /// ET_DYN with DF_1_PIE.
    Pie,
    /// ET_DYN, a library.
    Shared,
    /// ET_REL (`-r`).
    Relocatable,
}

/// The target machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Emulation {
    /// `elf_x86_64`.
    X86_64,
    /// `aarch64linux`.
    Aarch64,
    /// `elf64lriscv`.
    Riscv64,
}

/// `--build-id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildId {
    /// No note.
    None,
    /// Bare `--build-id`, `fast` or `tree`: 20 bytes from the content.
    Fast,
    /// 16 bytes from the content.
    Md5,
    /// 20 bytes from the content.
    Sha1,
    /// 32 bytes from the content.
    Sha256,
    /// 16 random bytes.
    Uuid,
    /// The given bytes.
    Hex(Vec<u8>),
}

/// `-Bsymbolic` and relatives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bsymbolic {
    /// Definitions may be preempted.
    None,
    /// Own function definitions win.
    Functions,
    /// All own definitions win.
    All,
    /// All but weak ones.
    NonWeak,
    /// Functions but weak ones.
    NonWeakFunctions,
}

/// Which local symbols leave `.symtab`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discard {
    /// Only `.L` names in merged sections (GNU ld's default).
    Default,
    /// `-X`: `.L` names.
    Locals,
    /// `-x`: all.
    All,
    /// None.
    None,
}

/// What is left out of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strip {
    /// Nothing.
    None,
    /// `-S`: debug sections.
    Debug,
    /// `-s`: debug sections and `.symtab`.
    All,
}

/// Undefined symbols in regular objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unresolved {
    /// An error.
    Error,
    /// A warning.
    Warn,
    /// Silence.
    Ignore,
}

/// `--sort-section`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortSection {
    /// Input order.
    None,
    /// By name.
    Name,
    /// By alignment, descending.
    Alignment,
}

/// Packed relative relocations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relr {
    /// All in `.rela.dyn`.
    None,
    /// `.relr.dyn`.
    Packed,
    /// `.relr.dyn`, and the `GLIBC_ABI_DT_RELR` version need (`-z pack-relative-relocs`).
    PackedWithNeed,
}

/// `--compress-debug-sections`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compress {
    /// As they are.
    None,
    /// ELFCOMPRESS_ZLIB.
    Zlib,
    /// ELFCOMPRESS_ZSTD.
    Zstd,
}

/// Text relocations in an output that is mapped at any address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextRelocs {
    /// `-z text`.
    Error,
    /// `-z notext` with a warning (`--warn-textrel`).
    Allow,
}

/// Segment padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separate {
    /// `-z noseparate-code`.
    None,
    /// `-z separate-code`: text shares no page of the file with anything else.
    Code,
    /// `-z separate-loadable-segments`.
    All,
}

/// The `-z` keywords that have an effect.
#[derive(Debug, Clone)]
pub struct Z {
    /// `now`.
    pub now: bool,
    /// `relro`.
    pub relro: bool,
    /// `execstack` (true), `noexecstack` (false); `None` leaves it to the inputs.
    pub exec_stack: Option<bool>,
    /// `nognustack` clears it.
    pub gnu_stack: bool,
    /// `text`, `notext`.
    pub text: TextRelocs,
    /// `origin`.
    pub origin: bool,
    /// `nodelete`.
    pub nodelete: bool,
    /// `nodlopen`.
    pub nodlopen: bool,
    /// `nodump`.
    pub nodump: bool,
    /// `nodefaultlib`.
    pub nodefaultlib: bool,
    /// `initfirst`.
    pub initfirst: bool,
    /// `interpose`.
    pub interpose: bool,
    /// `global`.
    pub global: bool,
    /// `loadfltr`.
    pub loadfltr: bool,
    /// `nocopyreloc` clears it.
    pub copyreloc: bool,
    /// `separate-code` and relatives.
    pub separate: Separate,
    /// `max-page-size`, bytes.
    pub max_page_size: Option<u64>,
    /// `common-page-size`, bytes.
    pub common_page_size: Option<u64>,
    /// `stack-size`, bytes.
    pub stack_size: Option<u64>,
    /// `keep-text-section-prefix`.
    pub keep_text_section_prefix: bool,
    /// `start-stop-gc`.
    pub start_stop_gc: bool,
    /// `start-stop-visibility`, as an STV_ value (default STV_PROTECTED = 3).
    pub start_stop_visibility: u8,
    /// `rodynamic`.
    pub rodynamic: bool,
    /// `nosectionheader` clears it.
    pub section_header: bool,
    /// `dynamic-undefined-weak`: `None` is the default (shared objects only).
    pub dynamic_undefined_weak: Option<bool>,
    /// `ibt`.
    pub ibt: bool,
    /// `ibtplt`.
    pub ibt_plt: bool,
    /// `shstk`.
    pub shstk: bool,
    /// `cet-report`.
    pub cet_report: Report,
    /// `x86-64-baseline|v2|v3|v4` as the GNU_PROPERTY_X86_ISA_1_NEEDED bit, 0 when none.
    pub isa_needed: u32,
    /// `dead-reloc-in-nonalloc=GLOB=VALUE`.
    pub dead_reloc_in_nonalloc: Vec<(String, u64)>,
}

/// How loudly to report a missing mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// Not at all.
    None,
    /// As a warning.
    Warning,
    /// As an error.
    Error,
}

impl Default for Z {
    fn default() -> Self {
        Z {
            now: false,
            relro: true,
            exec_stack: None,
            gnu_stack: true,
            text: TextRelocs::Error,
            origin: false,
            nodelete: false,
            nodlopen: false,
            nodump: false,
            nodefaultlib: false,
            initfirst: false,
            interpose: false,
            global: false,
            loadfltr: false,
            copyreloc: true,
            separate: Separate::Code,
            max_page_size: None,
            common_page_size: None,
            stack_size: None,
            keep_text_section_prefix: false,
            start_stop_gc: false,
            start_stop_visibility: 3,
            rodynamic: false,
            section_header: true,
            dynamic_undefined_weak: None,
            ibt: false,
            ibt_plt: false,
            shstk: false,
            cet_report: Report::None,
            isa_needed: 0,
            dead_reloc_in_nonalloc: Vec::new(),
        }
    }
}

impl Args {
    /// Where `--time-trace` goes.
    pub fn time_trace_file(&self) -> Option<PathBuf> {
        let beside = || {
            let mut path = self.output.clone().into_os_string();
            path.push(".time-trace");
            path.into()
        };
        self.time_trace.as_ref().map(|path| path.clone().unwrap_or_else(beside))
    }
}

impl Default for Args {
    fn default() -> Self {
        Args {
            output: PathBuf::from("a.out"),
            kind: OutputKind::Exec,
            is_static: false,
            inputs: Vec::new(),
            emulation: None,
            library_paths: Vec::new(),
            sysroot: PathBuf::new(),
            scripts: Vec::new(),
            entry: None,
            init: "_init".into(),
            fini: "_fini".into(),
            dynamic_linker: None,
            soname: None,
            rpath: String::new(),
            new_dtags: true,
            rpath_link: Vec::new(),
            filter: Vec::new(),
            auxiliary: Vec::new(),
            audit: String::new(),
            depaudit: String::new(),
            hash_sysv: true,
            hash_gnu: true,
            eh_frame_hdr: false,
            build_id: BuildId::None,
            package_metadata: None,
            relr: Relr::None,
            export_dynamic: false,
            export_dynamic_symbols: Vec::new(),
            export_dynamic_symbol_lists: Vec::new(),
            dynamic_lists: Vec::new(),
            dynamic_list_data: false,
            version_scripts: Vec::new(),
            undefined_version: true,
            bsymbolic: Bsymbolic::None,
            exclude_libs: Vec::new(),
            undefined: Vec::new(),
            undefined_globs: Vec::new(),
            require_defined: Vec::new(),
            defsym: Vec::new(),
            wrap: Vec::new(),
            retain_symbols_file: None,
            discard: Discard::Default,
            strip: Strip::None,
            gnu_unique: true,
            demangle: true,
            unresolved: Unresolved::Error,
            no_undefined: false,
            allow_shlib_undefined: None,
            allow_multiple_definition: false,
            warn_common: false,
            ignore_unresolved_symbols: Vec::new(),
            fatal_warnings: false,
            no_warnings: false,
            error_limit: 20,
            no_inhibit_exec: false,
            color: false,
            warn_textrel: false,
            gc_sections: false,
            print_gc_sections: None,
            why_live: Vec::new(),
            gc_keep_exported: false,
            optimize: 1,
            relax: true,
            sort_section: SortSection::None,
            unique: Vec::new(),
            emit_relocs: false,
            rosegment: true,
            omagic: false,
            nmagic: false,
            image_base: None,
            section_starts: Vec::new(),
            oformat_binary: false,
            check_sections: true,
            define_common: false,
            spare_dynamic_tags: 0,
            compress_debug: Compress::None,
            gdb_index: false,
            apply_dynamic_relocs: false,
            z: Z::default(),
            map: None,
            cref: false,
            trace: false,
            trace_symbols: Vec::new(),
            dependency_file: None,
            verbose: false,
            time: false,
            time_trace: None,
            stats: false,
            threads: None,
            fork: true,
            inline_below: crate::base::par::DEFAULT_INLINE_BELOW,
            plugin: None,
            command_line: Vec::new(),
        }
    }
}
