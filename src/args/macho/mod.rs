//! What a Mach-O command line asks for, after parsing: the one description of a link that the passes read.
//!
//! Small text files that the line names (lists of inputs, symbols and aliases) are read here, so that what they say
//! stands beside what the flags say; [`Args::files_read`] remembers them for `-dependency_info`. Inputs are not opened,
//! and nothing is looked for in search paths.
//!
//! `flags/` is the table of options, `parse.rs` walks the line, `values.rs` and `lists.rs` read what it says, `target.rs`
//! holds the defaults that follow from it, `help.rs` prints the table.

mod flags;
mod help;
mod lists;
mod parse;
mod target;
#[cfg(test)]
mod tests;
mod values;

pub use help::{VERSION, help};
pub use parse::{Command, Parsed, parse};
pub use target::{Arch, Platform, Target, Version};

use std::ffi::OsString;
use std::fmt;
use std::ops::Deref;
use std::path::PathBuf;

/// Everything that the command line decides, with the defaults filled in that need no knowledge of the target. Those
/// that do are functions in `target.rs`; the `Option` fields behind them are what the line says.
#[derive(Debug, Clone)]
pub struct Args {
    /// `-o`; `a.out` when absent.
    pub output: PathBuf,
    /// What kind of file to write.
    pub kind: OutputKind,
    /// `-arch`; `None` is that of the first object.
    pub arch: Option<Arch>,
    /// Inputs in command-line order, those of `-filelist` in their place.
    pub inputs: Vec<Input>,
    /// `-platform_version`, an older `-…_version_min`, or the environment; `None` is that of the first object.
    pub target: Option<Target>,
    /// The second platform of a zippered dylib: Mac Catalyst beside macOS.
    pub target_variant: Option<Target>,
    /// `-arch_multiple`: one slice of a universal build, which messages then name.
    pub arch_multiple: bool,
    /// `-final_output`: the name that the slices will have together.
    pub final_output: Option<OsString>,

    /// `-syslibroot`, in order; empty when the last is `/`. The environment's SDKROOT when none is given.
    pub syslibroots: Vec<PathBuf>,
    /// `-L` as typed; see [`Args::library_folders`].
    pub library_paths: Vec<PathBuf>,
    /// `-F` as typed; see [`Args::framework_folders`].
    pub framework_paths: Vec<PathBuf>,
    /// `-Z`: no standard search paths.
    pub no_standard_paths: bool,
    /// `-search_dylibs_first`: dylibs of all folders come before archives of any.
    pub search_dylibs_first: bool,
    /// `-image_suffix`: `libX_SUFFIX.dylib` is taken before `libX.dylib`.
    pub image_suffix: Option<OsString>,
    /// `-dylib_file INSTALL_NAME:PATH`: where to find dylibs that others re-export.
    pub dylib_files: Vec<(Text, PathBuf)>,
    /// `-executable_path`: what `@executable_path` stands for in what dylibs re-export.
    pub executable_path: Option<PathBuf>,
    /// `-bundle_loader`: the program that defines what the bundle leaves undefined.
    pub bundle_loader: Option<PathBuf>,
    /// `-all_load`: every member of every archive.
    pub all_load: bool,
    /// `-ObjC`: archive members that define Objective-C classes, categories or Swift types.
    pub objc_load: bool,
    /// `-force_load_swift_libs`: auto-linked archives called `libswift…` are loaded as a whole.
    pub force_load_swift_libs: bool,
    /// `-ignore_auto_link` clears it: LC_LINKER_OPTION of objects adds inputs.
    pub auto_link: bool,
    /// `--ignore-auto-link-option=X`: linker options of objects that are passed over, such as `-lX`.
    pub ignored_auto_links: Vec<Text>,
    /// `--strict-auto-link`: an auto-linked library that is not found is an error.
    pub strict_auto_link: bool,
    /// `-dead_strip_dylibs`: no load command for dylibs that nothing is taken from.
    pub dead_strip_dylibs: bool,
    /// `-no_implicit_dylibs`: symbols of a re-exported public dylib are bound to the dylib that was named.
    pub no_implicit_dylibs: bool,

    /// `-install_name` of a dylib; see [`Args::install_name`].
    pub install_name: Option<Text>,
    /// `-current_version` of a dylib.
    pub current_version: Version,
    /// `-compatibility_version` of a dylib.
    pub compatibility_version: Version,
    /// `-rpath`, duplicates removed.
    pub rpaths: Vec<Text>,
    /// `-headerpad`: at least so many bytes are free after the load commands.
    pub headerpad: u64,
    /// `-headerpad_max_install_names`: room for each dylib's name to grow to 1024 bytes.
    pub headerpad_max_install_names: bool,
    /// `-mark_dead_strippable_dylib`: clients may drop the load command (MH_DEAD_STRIPPABLE_DYLIB).
    pub mark_dead_strippable: bool,
    /// `-application_extension`: MH_APP_EXTENSION_SAFE, and dylibs must have it.
    pub application_extension: bool,
    /// `-umbrella`: LC_SUB_FRAMEWORK.
    pub umbrella: Option<Text>,
    /// `-sub_library`: LC_SUB_LIBRARY, and the dylib is re-exported.
    pub sub_libraries: Vec<Text>,
    /// `-sub_umbrella`: LC_SUB_UMBRELLA, and the framework is re-exported.
    pub sub_umbrellas: Vec<Text>,
    /// `-allowable_client`: LC_SUB_CLIENT.
    pub allowable_clients: Vec<Text>,
    /// `-client_name`: who this is to dylibs that name their clients.
    pub client_name: Option<Text>,
    /// `-dyld_env`: LC_DYLD_ENVIRONMENT, each `KEY=VALUE`.
    pub dyld_env: Vec<Text>,
    /// `-add_linker_option`: LC_LINKER_OPTION of `-r` output, each with its arguments.
    pub linker_options: Vec<Vec<Text>>,

    /// `-e`; `None` is `_main`.
    pub entry: Option<Text>,
    /// `-init`: a function that runs before the initialisers of a dylib.
    pub init: Option<Text>,
    /// `-undefined`.
    pub undefined: Undefined,
    /// `-U`: symbols that may stay undefined and are looked up in all images.
    pub allowed_undefined: Vec<Text>,
    /// `-u`: symbols to look for and keep.
    pub forced_undefined: Vec<Text>,
    /// What of the global symbols is exported.
    pub exports: Exports,
    /// `-export_dynamic`: what an executable exports survives `-dead_strip`.
    pub export_dynamic: bool,
    /// `-reexported_symbols_list`: symbols of dylibs that this dylib exports as its own.
    pub reexported_symbols: Vec<Pattern>,
    /// `-exported_symbols_order`: the names that clients look up most, the first of all first.
    pub exported_order: Vec<Pattern>,
    /// `-alias`, `-alias_list`.
    pub aliases: Vec<Alias>,
    /// `-flat_namespace`: symbols are looked up in all images.
    pub flat_namespace: bool,
    /// `-force_flat_namespace`: MH_FORCE_FLAT, for executables.
    pub force_flat_namespace: bool,
    /// `-interposable`, `-interposable_list`.
    pub interposable: Interposable,
    /// `-commons`.
    pub commons: Commons,
    /// `-d`: make tentative definitions real even under `-r`.
    pub define_commons: bool,
    /// `-warn_commons`: tell of tentative definitions that a dylib defines too.
    pub warn_commons: bool,
    /// `-max_default_common_align`: the log2 that bounds the alignment of tentative definitions.
    pub max_common_align: Option<u8>,
    /// `-weak_reference_mismatches`.
    pub weak_mismatch: WeakMismatch,
    /// `-no_weak_exports`: an exported weak definition is an error.
    pub no_weak_exports: bool,
    /// `-warn_weak_exports`: it is a warning.
    pub warn_weak_exports: bool,
    /// `-no_weak_imports`: an import that may be missing is an error.
    pub no_weak_imports: bool,
    /// `-no_inits`: a static initialiser is an error.
    pub no_inits: bool,
    /// `-keep_private_externs`: `-r` leaves private external symbols what they are.
    pub keep_private_externs: bool,
    /// `-allow_dead_duplicates`: of two definitions, one that dead stripping removes is no duplicate.
    pub allow_dead_duplicates: bool,

    /// `-dead_strip`.
    pub dead_strip: bool,
    /// `-why_live`: symbols of which to say what keeps them.
    pub why_live: Vec<Pattern>,
    /// `-why_load`: say for what each archive member was loaded.
    pub why_load: bool,
    /// `--icf`; `-no_deduplicate` is none.
    pub icf: Icf,
    /// `-order_file`, in order.
    pub order_files: Vec<PathBuf>,
    /// `-order_file_statistics`: say which lines of the order file had no effect.
    pub order_file_statistics: bool,
    /// `-O` level (0, 1, 2; `-Oz` is 2).
    pub optimize: u32,
    /// `-no_branch_islands`: a branch out of range is an error.
    pub no_branch_islands: bool,
    /// `-ignore_optimization_hints`: LC_LINKER_OPTIMIZATION_HINT is not applied.
    pub ignore_optimization_hints: bool,

    /// `-sectcreate`: sections filled from files.
    pub created_sections: Vec<CreatedSection>,
    /// `-add_empty_section`.
    pub empty_sections: Vec<SectionName>,
    /// `-sectalign`: a section and the log2 of its alignment.
    pub section_aligns: Vec<(SectionName, u8)>,
    /// `-rename_section`, from and to, in order.
    pub section_renames: Vec<(SectionName, SectionName)>,
    /// `-rename_segment`, from and to, in order.
    pub segment_renames: Vec<(Text, Text)>,
    /// `-segprot`.
    pub segment_protections: Vec<SegmentProtection>,
    /// `-segaddr`: address of a segment.
    pub segment_addresses: Vec<(Text, u64)>,
    /// `-segalign`: alignment of all segments, bytes.
    pub segment_align: Option<u64>,
    /// `-seg_page_size`: alignment of one segment's size, bytes.
    pub segment_page_sizes: Vec<(Text, u64)>,
    /// `-segment_order`: segments from the first to the last.
    pub segment_order: Vec<Text>,
    /// `-section_order`: for a segment, its sections from the first to the last.
    pub section_orders: Vec<(Text, Vec<Text>)>,
    /// `-data_const`, `-no_data_const`; see [`Args::data_const`].
    pub data_const: Option<bool>,
    /// `-const_selrefs`, `-no_const_selrefs`: Objective-C selector references in `__DATA_CONST`.
    pub const_selrefs: Option<bool>,
    /// `-no_pie` clears it, but for arm64.
    pub pie: bool,
    /// `-stack_size` of the main thread, bytes; 0 is the system's.
    pub stack_size: u64,
    /// `-pagezero_size`, bytes; see [`Args::pagezero_size`].
    pub pagezero_size: Option<u64>,
    /// `-image_base`, `-seg1addr`: preferred address of the first segment after `__PAGEZERO`.
    pub image_base: Option<u64>,

    /// `-fixup_chains`, `-no_fixup_chains`; see [`Args::chained_fixups`].
    pub fixup_chains: Option<bool>,
    /// `-init_offsets`, `-no_init_offsets`; see [`Args::init_offsets`].
    pub init_offsets: Option<bool>,
    /// `-bind_at_load`: no lazy binding.
    pub bind_at_load: bool,
    /// `-function_starts`, `-no_function_starts`; see [`Args::function_starts`].
    pub function_starts: Option<bool>,
    /// `-data_in_code_info`, `-no_data_in_code_info`; see [`Args::data_in_code`].
    pub data_in_code: Option<bool>,
    /// `-no_compact_unwind` clears it: `__unwind_info` is written.
    pub compact_unwind: bool,
    /// `-keep_dwarf_unwind`, `-no_keep_dwarf_unwind`: `__eh_frame` of functions that compact unwind describes.
    pub keep_dwarf_unwind: Option<bool>,
    /// `-warn_compact_unwind`: tell of functions that only DWARF describes.
    pub warn_compact_unwind: bool,
    /// `-objc_stubs_fast`, `-objc_stubs_small`.
    pub objc_stubs: ObjcStubs,
    /// `-objc_relative_method_lists` and its opposite; see [`Args::relative_method_lists`].
    pub relative_method_lists: Option<bool>,

    /// `-adhoc_codesign`, `-no_adhoc_codesign`; see [`Args::adhoc_codesign`].
    pub adhoc_codesign: Option<bool>,
    /// `-encryptable`, `-no_encryption`; see [`Args::encryptable`].
    pub encryptable: Option<bool>,
    /// LC_UUID.
    pub uuid: Uuid,
    /// RC_UUID_SALT of the environment: bytes that go into the hash, too.
    pub uuid_salt: Text,
    /// `-source_version`, packed as a24.b10.c10.d10.e10; `None` is no LC_SOURCE_VERSION.
    pub source_version: Option<u64>,
    /// `-root_safe`: MH_ROOT_SAFE.
    pub root_safe: bool,
    /// `-setuid_safe`: MH_SETUID_SAFE.
    pub setuid_safe: bool,
    /// `-allow_stack_execute`: MH_ALLOW_STACK_EXECUTION, for executables.
    pub allow_stack_execute: bool,
    /// `-not_for_dyld_shared_cache`: MH_NOT_FOR_DYLD_SHARED_CACHE (spelt so by newer headers).
    pub not_for_dyld_shared_cache: bool,
    /// `-simulator_support`: MH_SIM_SUPPORT.
    pub simulator_support: bool,

    /// `-S`: no debug map.
    pub strip_debug: bool,
    /// Which local symbols are in the symbol table.
    pub local_symbols: LocalSymbols,
    /// `-oso_prefix`: what is cut from the front of paths in the debug map; `.` is already the current folder.
    pub oso_prefix: Option<OsString>,
    /// `-reproducible`, or ZERO_AR_DATE in the environment: times in the debug map are 0.
    pub reproducible: bool,
    /// `-add_ast_path`: Swift modules for the debug map (N_AST).
    pub ast_paths: Vec<OsString>,

    /// `-map`.
    pub map: Option<PathBuf>,
    /// `-dependency_info`.
    pub dependency_info: Option<PathBuf>,
    /// Text files that were read for the command line, in order: for `-dependency_info`.
    pub files_read: Vec<PathBuf>,
    /// `-t`, `-whatsloaded`: print each file that is linked.
    pub trace: bool,
    /// `--print-dylib-search`: print where dylibs were looked for.
    pub print_dylib_search: bool,
    /// `-demangle`: show names readably in messages.
    pub demangle: bool,
    /// `-v`: say what is done.
    pub verbose: bool,
    /// `-fatal_warnings`.
    pub fatal_warnings: bool,
    /// `-w`.
    pub no_warnings: bool,
    /// `-arch_errors_fatal`: a file for another architecture is an error, not a warning.
    pub arch_errors_fatal: bool,
    /// `-no_arch_warnings`: a file for another architecture is passed over in silence.
    pub no_arch_warnings: bool,
    /// `-warn_duplicate_libraries`: tell of libraries that are named twice.
    pub warn_duplicate_libraries: bool,
    /// `--error-limit`; 0 is no limit.
    pub error_limit: usize,
    /// `--color-diagnostics` resolved against the terminal.
    pub color: bool,
    /// `--time`, `-print_statistics`.
    pub time: bool,
    /// `--threads`, `-j`; `None` is all cores.
    pub threads: Option<usize>,
    /// `--no-fork` clears it.
    pub fork: bool,
    /// Bytes of work under which a region stays on one thread; hidden `--inline-below=N`, for tests.
    pub inline_below: u64,
    /// `-object_path_lto`, where an LTO object would stay; used in the message for LTO inputs only.
    pub object_path_lto: Option<PathBuf>,
    /// The command line as given, response files expanded, without the program name.
    pub command_line: Vec<String>,
}

/// Bytes that become a name in the output or are compared with one: nothing says that they are UTF-8.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Text(pub Vec<u8>);

impl Deref for Text {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text(text.as_bytes().to_vec())
    }
}

impl From<&[u8]> for Text {
    fn from(bytes: &[u8]) -> Text {
        Text(bytes.to_vec())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        String::from_utf8_lossy(&self.0).fmt(f)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&String::from_utf8_lossy(&self.0), f)
    }
}

/// What to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputKind {
    /// MH_EXECUTE that dyld loads.
    Execute,
    /// MH_DYLIB.
    Dylib,
    /// MH_BUNDLE.
    Bundle,
    /// MH_OBJECT (`-r`); dylibs among the inputs are passed over.
    Relocatable,
}

/// One input in command-line order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// What to look for.
    pub what: What,
    /// How it is to be linked.
    pub modes: Modes,
}

/// How an input was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A path, used as it is but for `-syslibroot` before absolute ones.
    File(PathBuf),
    /// `-lNAME`: `libNAME` with `.tbd`, `.dylib` or `.a`; a NAME that ends in `.o` is that file itself.
    Library(OsString),
    /// `-framework NAME[,SUFFIX]`: `NAME.framework/NAME`, with SUFFIX behind it where there is such a file.
    Framework {
        /// Without the suffix.
        name: OsString,
        /// What follows the comma.
        suffix: Option<OsString>,
    },
}

/// How an input is to be linked. Each holds for its one input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Modes {
    /// `-weak…`: LC_LOAD_WEAK_DYLIB, all its symbols are weak references.
    pub weak: bool,
    /// `-needed…`: a load command even under `-dead_strip_dylibs`.
    pub needed: bool,
    /// `-reexport…`: LC_REEXPORT_DYLIB.
    pub reexport: bool,
    /// `-upward…`: LC_LOAD_UPWARD_DYLIB.
    pub upward: bool,
    /// `-hidden-l…`, `-load_hidden`: symbols of the archive become private externs.
    pub hidden: bool,
    /// `-force_load`: every member of the archive.
    pub force_load: bool,
}

/// A name to match symbols with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// As written.
    pub text: Text,
    /// Has `*`, `?` or `[…]` in it.
    pub is_glob: bool,
}

/// Which global symbols are exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exports {
    /// All that are not private.
    All,
    /// `-exported_symbol`, `-exported_symbols_list`: only these, which are roots of dead stripping too.
    Only(Vec<Pattern>),
    /// `-unexported_symbol`, `-unexported_symbols_list`: all but these.
    AllBut(Vec<Pattern>),
    /// `-no_exported_symbols`.
    None,
}

/// `-alias SYMBOL ALIAS`: ALIAS is one more name of SYMBOL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The symbol that is there.
    pub symbol: Text,
    /// Its further name.
    pub alias: Text,
}

/// Undefined symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undefined {
    /// An error.
    Error,
    /// A warning, and looked up in all images.
    Warning,
    /// Looked up in all images (for flat namespaces).
    Suppress,
    /// Looked up in all images.
    DynamicLookup,
}

/// Which of its own exports the output reaches through dyld, so that another image may replace them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Interposable {
    /// None, but what weak definitions need.
    None,
    /// `-interposable_list`.
    Listed(Vec<Pattern>),
    /// `-interposable`.
    All,
}

/// `-commons`: tentative definitions that a dylib defines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commons {
    /// The tentative definition wins.
    IgnoreDylibs,
    /// The dylib's definition wins.
    UseDylibs,
    /// An error.
    Error,
}

/// `-weak_reference_mismatches`: symbols that some files reference weakly and others do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeakMismatch {
    /// The reference is not weak.
    NonWeak,
    /// The reference is weak.
    Weak,
    /// An error.
    Error,
}

/// Identical code folding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icf {
    /// No folding.
    None,
    /// Functions whose address nobody compares.
    Safe,
    /// All functions.
    All,
}

/// Stubs for `_objc_msgSend$SELECTOR`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjcStubs {
    /// Load the function's address and branch, 32 bytes each.
    Fast,
    /// Branch to the stub of `_objc_msgSend`, 12 bytes each.
    Small,
}

/// Where LC_UUID comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uuid {
    /// A hash of the content.
    Content,
    /// `-random_uuid`.
    Random,
    /// `-no_uuid`: no load command.
    None,
}

/// Which local symbols are in the symbol table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LocalSymbols {
    /// All.
    All,
    /// `-x`: none.
    None,
    /// `-non_global_symbols_no_strip_list`: only these.
    Only(Vec<Pattern>),
    /// `-non_global_symbols_strip_list`: all but these.
    AllBut(Vec<Pattern>),
}

/// A section with its segment; each name has at most 16 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionName {
    /// Such as `__TEXT`.
    pub segment: Text,
    /// Such as `__text`.
    pub section: Text,
}

/// `-sectcreate SEGMENT SECTION FILE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedSection {
    /// The section.
    pub name: SectionName,
    /// Its content.
    pub file: PathBuf,
}

/// `-segprot SEGMENT MAX INIT`, each a mask of VM_PROT_READ = 1, VM_PROT_WRITE = 2, VM_PROT_EXECUTE = 4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentProtection {
    /// Such as `__TEXT`.
    pub segment: Text,
    /// What the segment may become.
    pub max: u32,
    /// What it starts as.
    pub init: u32,
}

impl Default for Args {
    fn default() -> Self {
        Args {
            output: PathBuf::from("a.out"),
            kind: OutputKind::Execute,
            arch: None,
            inputs: Vec::new(),
            target: None,
            target_variant: None,
            arch_multiple: false,
            final_output: None,
            syslibroots: Vec::new(),
            library_paths: Vec::new(),
            framework_paths: Vec::new(),
            no_standard_paths: false,
            search_dylibs_first: false,
            image_suffix: None,
            dylib_files: Vec::new(),
            executable_path: None,
            bundle_loader: None,
            all_load: false,
            objc_load: false,
            force_load_swift_libs: false,
            auto_link: true,
            ignored_auto_links: Vec::new(),
            strict_auto_link: false,
            dead_strip_dylibs: false,
            no_implicit_dylibs: false,
            install_name: None,
            current_version: Version(0),
            compatibility_version: Version(0),
            rpaths: Vec::new(),
            headerpad: 32,
            headerpad_max_install_names: false,
            mark_dead_strippable: false,
            application_extension: false,
            umbrella: None,
            sub_libraries: Vec::new(),
            sub_umbrellas: Vec::new(),
            allowable_clients: Vec::new(),
            client_name: None,
            dyld_env: Vec::new(),
            linker_options: Vec::new(),
            entry: None,
            init: None,
            undefined: Undefined::Error,
            allowed_undefined: Vec::new(),
            forced_undefined: Vec::new(),
            exports: Exports::All,
            export_dynamic: false,
            reexported_symbols: Vec::new(),
            exported_order: Vec::new(),
            aliases: Vec::new(),
            flat_namespace: false,
            force_flat_namespace: false,
            interposable: Interposable::None,
            commons: Commons::IgnoreDylibs,
            define_commons: false,
            warn_commons: false,
            max_common_align: None,
            weak_mismatch: WeakMismatch::NonWeak,
            no_weak_exports: false,
            warn_weak_exports: false,
            no_weak_imports: false,
            no_inits: false,
            keep_private_externs: false,
            allow_dead_duplicates: false,
            dead_strip: false,
            why_live: Vec::new(),
            why_load: false,
            icf: Icf::None,
            order_files: Vec::new(),
            order_file_statistics: false,
            optimize: 1,
            no_branch_islands: false,
            ignore_optimization_hints: false,
            created_sections: Vec::new(),
            empty_sections: Vec::new(),
            section_aligns: Vec::new(),
            section_renames: Vec::new(),
            segment_renames: Vec::new(),
            segment_protections: Vec::new(),
            segment_addresses: Vec::new(),
            segment_align: None,
            segment_page_sizes: Vec::new(),
            segment_order: Vec::new(),
            section_orders: Vec::new(),
            data_const: None,
            const_selrefs: None,
            pie: true,
            stack_size: 0,
            pagezero_size: None,
            image_base: None,
            fixup_chains: None,
            init_offsets: None,
            bind_at_load: false,
            function_starts: None,
            data_in_code: None,
            compact_unwind: true,
            keep_dwarf_unwind: None,
            warn_compact_unwind: false,
            objc_stubs: ObjcStubs::Fast,
            relative_method_lists: None,
            adhoc_codesign: None,
            encryptable: None,
            uuid: Uuid::Content,
            uuid_salt: Text::default(),
            source_version: Some(0),
            root_safe: false,
            setuid_safe: false,
            allow_stack_execute: false,
            not_for_dyld_shared_cache: false,
            simulator_support: false,
            strip_debug: false,
            local_symbols: LocalSymbols::All,
            oso_prefix: None,
            reproducible: false,
            ast_paths: Vec::new(),
            map: None,
            dependency_info: None,
            files_read: Vec::new(),
            trace: false,
            print_dylib_search: false,
            demangle: false,
            verbose: false,
            fatal_warnings: false,
            no_warnings: false,
            arch_errors_fatal: false,
            no_arch_warnings: false,
            warn_duplicate_libraries: false,
            error_limit: 20,
            color: false,
            time: false,
            threads: None,
            fork: true,
            inline_below: crate::base::par::DEFAULT_INLINE_BELOW,
            object_path_lto: None,
            command_line: Vec::new(),
        }
    }
}
