//! Walks a Mach-O command line: splits options from values, then fills in what follows from all of them.
//!
//! The rules are those of Apple's linker. Nothing is positional: an option holds for the whole line wherever it stands,
//! the last of two wins, lists grow. All that is wrong is reported at once. Cost: arguments that are options times the
//! size of the table.

use super::flags::{self, Effect, Found};
use super::target::{Arch, Platform, Target, Version};
use super::values::{PLATFORMS, Value};
use super::{Args, Exports, Input, LocalSymbols, Modes, OutputKind, Pattern, What, help, lists};
use crate::args::{response, suggest, terminal_has_color};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// What a command line asks for.
#[derive(Debug, Clone)]
pub enum Command {
    /// A link.
    Link(Box<Args>),
    /// `-help`: print [`super::help`] and exit with 0.
    Help,
    /// `-v`: print [`super::VERSION`] and [`Args::search_report`] on standard error, where the tools that ask read it;
    /// then link, or exit with 0 when there is nothing to link.
    Version {
        /// The search paths, and what to link if there are inputs.
        args: Box<Args>,
        /// There are inputs.
        link: bool,
    },
    /// `-version_details`, `--version`: print this line on standard output and exit with 0.
    Print(String),
}

/// A command line that was understood, and what the user should hear about it all the same.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// What to do.
    pub command: Command,
    /// Warnings, in the order of the command line.
    pub warnings: Vec<String>,
}

/// Parses a command line without the program name. The error is every message, in the order of the command line.
pub fn parse(argv: Vec<OsString>) -> Result<Parsed, Vec<String>> {
    parse_in(argv, &|name| std::env::var_os(name).filter(|value| !value.is_empty()))
}

/// The environment: the value of a variable, unless it is empty.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<OsString>;

pub(super) fn parse_in(argv: Vec<OsString>, environment: Environment<'_>) -> Result<Parsed, Vec<String>> {
    let argv = response::expand(argv).map_err(|error| vec![error])?;
    if argv.len() == 1 && argv[0] == "--version" {
        return Ok(Parsed { command: Command::Print(help::SHORT_VERSION.into()), warnings: Vec::new() });
    }
    let mut line = Line::default();
    let mut rest = argv.iter();
    while let Some(arg) = rest.next() {
        match arg.as_bytes() {
            [b'-', body @ ..] if !body.is_empty() => line.flag(arg, &mut rest),
            _ => line.args.inputs.push(Input { what: What::File(arg.into()), modes: Modes::default() }),
        }
        if line.print.is_some() {
            break;
        }
    }
    line.finish(&argv, environment)
}

/// An option that prints something and ends the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Print {
    Help,
    Details,
}

/// The state of the walk.
#[derive(Default)]
pub(super) struct Line {
    pub args: Args,
    pub is_static: bool,
    /// What the line says to run on; the SDK is missing where an old spelling says it.
    targets: Vec<(Platform, Version, Option<Version>)>,
    pub sdk_version: Option<Version>,
    /// What `-source_version` and relatives say; `Some(None)` is no load command.
    pub source_version: Option<Option<u64>>,
    pub exported: Option<Vec<Pattern>>,
    pub unexported: Option<Vec<Pattern>>,
    pub no_exports: bool,
    pub kept_locals: Option<Vec<Pattern>>,
    pub dropped_locals: Option<Vec<Pattern>>,
    pub no_locals: bool,
    /// `None` is "when it is a terminal".
    pub color: Option<bool>,
    pub print: Option<Print>,
    pub version: bool,
    pub asked_for_version: bool,
    warnings: Vec<String>,
    errors: Vec<String>,
}

/// What options call.
impl Line {
    pub(super) fn warn(&mut self, text: impl Into<String>) {
        self.warnings.push(text.into());
    }

    pub(super) fn input(&mut self, what: What, modes: Modes) -> Result<(), String> {
        self.args.inputs.push(Input { what, modes });
        Ok(())
    }

    /// The last of two for the same platform wins.
    pub(super) fn platform(&mut self, platform: Platform, min: Version, sdk: Option<Version>) {
        self.targets.retain(|(known, ..)| *known != platform);
        self.targets.push((platform, min, sdk));
    }

    pub(super) fn dylib_version(&mut self, value: &Value<'_>) -> Result<Version, String> {
        let (version, cut) = value.dylib_version()?;
        if cut {
            self.warn(value.wrong(&format!("does not fit a load command and becomes {version}")));
        }
        Ok(version)
    }

    /// What the file that `value` names says, by one of the readers of [`lists`].
    pub(super) fn read<T>(&mut self, value: &Value<'_>, list: fn(&OsStr) -> lists::Read<T>) -> Result<Vec<T>, String> {
        let (file, items) = list(value.raw).map_err(|error| format!("{}: {error}", value.flag))?;
        self.args.files_read.push(file);
        Ok(items)
    }
}

/// The walk itself.
impl Line {
    /// Handles the option `arg`; values in the next arguments are taken from `rest`.
    fn flag(&mut self, arg: &OsStr, rest: &mut std::slice::Iter<'_, OsString>) {
        let Some(found) = flags::find(arg.as_bytes()) else {
            return self.unknown(arg);
        };
        let typed = String::from_utf8_lossy(&arg.as_bytes()[..found.name_len]).into_owned();
        self.warn_of_swallowed_name(arg, &found);
        let mut values: Vec<&OsStr> = found.joined.map(OsStr::from_bytes).into_iter().collect();
        let wanted = found.flag.effect.values();
        while values.len() < wanted {
            let Some(next) = rest.next() else {
                let shape = found.flag.effect.shape().map(|shape| format!(": {shape}")).unwrap_or_default();
                let count = if wanted == 1 { "a value".to_owned() } else { format!("{wanted} values") };
                return self.errors.push(format!("{typed} needs {count}{shape}"));
            };
            values.push(next);
        }
        let values: Vec<Value<'_>> = values.into_iter().map(|raw| Value { flag: &typed, raw }).collect();
        self.apply(&found, &values, &typed);
    }

    fn apply(&mut self, found: &Found<'_>, values: &[Value<'_>], typed: &str) {
        let help = found.flag.help;
        let done = match (&found.flag.effect, values) {
            (Effect::Plain(run), _) => {
                run(self);
                Ok(())
            }
            (Effect::Switch(run), _) => {
                run(self, !found.negated);
                Ok(())
            }
            (Effect::Value(_, run) | Effect::Joined(_, run), [value, ..]) => run(self, value),
            (Effect::Values(_, run), values) => run(self, values),
            (Effect::Optional(_, run), values) => run(self, values.first()),
            (Effect::Warned(_), _) => {
                self.warn(format!("{typed} has no effect: {help}"));
                Ok(())
            }
            (Effect::Refused(_), _) => Err(format!("{typed}: {help}")),
            (Effect::Ignored(_) | Effect::Value(..) | Effect::Joined(..), _) => Ok(()),
        };
        if let Err(error) = done {
            self.errors.push(error);
        }
    }

    fn unknown(&mut self, arg: &OsStr) {
        let whole = arg.to_string_lossy();
        let typed = whole.split('=').next().unwrap_or(&whole);
        self.errors.push(match typed.strip_prefix("-Wl,") {
            Some(inner) => {
                format!("unknown option: {typed} (-Wl is for compilers; the linker wants {})", inner.replace(',', " "))
            }
            None => match nearest(typed) {
                Some(known) => format!("unknown option: {typed}; did you mean {known}?"),
                None => format!("unknown option: {typed} (-help lists those that are known)"),
            },
        });
    }

    /// `-load_hiden` is the library `oad_hiden` to any linker, which is hardly what was meant.
    fn warn_of_swallowed_name(&mut self, arg: &OsStr, found: &Found<'_>) {
        let typed = arg.to_string_lossy();
        if !found.by_prefix || found.name_len != 2 || typed.len() < 8 || !typed.contains('_') {
            return;
        }
        if let Some(known) = nearest(&typed) {
            self.warn(format!("{typed} is read as {} {}; did you mean {known}?", &typed[..2], &typed[2..]));
        }
    }

    /// Settles what depends on the whole line.
    fn finish(mut self, argv: &[OsString], environment: Environment<'_>) -> Result<Parsed, Vec<String>> {
        if self.asked_for_version {
            // meson asks a compiler for -Wl,--version, and takes what does not know it for Apple's linker.
            self.errors.push("unknown option: --version beside others; -v prints the version".into());
        }
        let print = self.print.filter(|_| self.errors.is_empty());
        if let Some(print) = print {
            let command = match print {
                Print::Help => Command::Help,
                Print::Details => Command::Print(help::DETAILS.into()),
            };
            return Ok(Parsed { command, warnings: self.warnings });
        }
        self.settle_lists();
        self.settle_target(environment);
        self.settle_environment(environment);
        self.settle_kind();
        let nothing = self.args.inputs.is_empty();
        if nothing && !self.version && self.errors.is_empty() {
            self.errors.push("no input files".into());
        }
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let mut args = Box::new(self.args);
        args.color = self.color.unwrap_or_else(terminal_has_color);
        args.command_line = argv.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
        let command = match self.version {
            true => Command::Version { args, link: !nothing },
            false => Command::Link(args),
        };
        Ok(Parsed { command, warnings: self.warnings })
    }

    /// What is exported, and which local symbols there are.
    fn settle_lists(&mut self) {
        let together = |one: &str, other: &str| format!("{one} and {other} cannot be used together");
        self.args.exports = match (self.exported.take(), self.unexported.take()) {
            (Some(_), Some(_)) => {
                self.errors.push(together("-exported_symbol…", "-unexported_symbol…"));
                Exports::All
            }
            (Some(_), None) if self.no_exports => {
                self.errors.push(together("-exported_symbol…", "-no_exported_symbols"));
                Exports::None
            }
            (None, _) if self.no_exports => Exports::None,
            (Some(only), None) => Exports::Only(only),
            (None, Some(but)) => Exports::AllBut(but),
            (None, None) => Exports::All,
        };
        self.args.local_symbols = match (self.kept_locals.take(), self.dropped_locals.take()) {
            (Some(_), Some(_)) => {
                self.errors.push(together("-non_global_symbols_strip_list", "-non_global_symbols_no_strip_list"));
                LocalSymbols::All
            }
            _ if self.no_locals => LocalSymbols::None,
            (Some(only), None) => LocalSymbols::Only(only),
            (None, Some(but)) => LocalSymbols::AllBut(but),
            (None, None) => LocalSymbols::All,
        };
    }

    /// The platform: what the line says, otherwise the environment.
    fn settle_target(&mut self, environment: Environment<'_>) {
        if self.targets.is_empty() {
            let deployment =
                DEPLOYMENT_TARGETS.iter().find_map(|&(name, platform)| Some((name, platform, environment(name)?)));
            if let Some((name, platform, raw)) = deployment {
                match (Value { flag: name, raw: &raw }).version() {
                    Ok(min) => self.platform(platform, min, None),
                    Err(error) => self.errors.push(error),
                }
            }
        }
        let sdk_version = self.sdk_version;
        let targets = self.targets.iter().map(|&(platform, min, sdk)| {
            let sdk = sdk.or(sdk_version).unwrap_or(min);
            Target { platform, min, sdk }
        });
        let mut targets: Vec<Target> = targets.collect();
        // A zippered dylib is one for macOS first.
        targets.sort_by_key(|target| target.platform != Platform::MACOS);
        match targets[..] {
            [] => {}
            [one] => self.args.target = Some(one),
            [macos, catalyst] if (macos.platform, catalyst.platform) == (Platform::MACOS, Platform::MAC_CATALYST) => {
                (self.args.target, self.args.target_variant) = (Some(macos), Some(catalyst));
            }
            [one, other, ..] => self.errors.push(format!(
                "the output cannot be both for {} and for {}",
                platform_name(one.platform),
                platform_name(other.platform)
            )),
        }
    }

    /// What is left to the environment, and may be overruled by the line.
    fn settle_environment(&mut self, environment: Environment<'_>) {
        let args = &mut self.args;
        args.reproducible |= environment("ZERO_AR_DATE").is_some();
        args.dead_strip |= environment("LD_DEAD_STRIP").is_some();
        args.application_extension |= environment("LD_APPLICATION_EXTENSION_SAFE").is_some();
        if environment("LD_NO_ENCRYPT").is_some() {
            args.encryptable = args.encryptable.or(Some(false));
        }
        if let Some(salt) = environment("RC_UUID_SALT") {
            args.uuid_salt = salt.as_bytes().into();
        }
        if args.syslibroots.is_empty() {
            args.syslibroots.extend(environment("SDKROOT").map(PathBuf::from).filter(|root| root.is_absolute()));
        }
        if args.syslibroots.last().is_some_and(|last| last == Path::new("/")) {
            args.syslibroots.clear();
        }
        if args.oso_prefix.as_ref().is_some_and(|prefix| prefix == ".")
            && let Ok(folder) = std::env::current_dir()
        {
            let mut prefix = folder.into_os_string();
            prefix.push("/");
            args.oso_prefix = Some(prefix);
        }
    }

    /// What the kind of output implies, and what it forbids.
    fn settle_kind(&mut self) {
        let args = &mut self.args;
        let kind = args.kind;
        if self.is_static && kind != OutputKind::Relocatable {
            self.errors.push("-static: only programs that dyld loads are supported; leave it out".into());
        }
        // Object files have none unless they are told to.
        let source_version = (kind != OutputKind::Relocatable).then_some(0);
        args.source_version = self.source_version.unwrap_or(source_version);
        if !args.pie && args.arch != Some(Arch::X86_64) {
            args.pie = true;
            self.warnings.push("-no_pie is ignored: arm64 programs must be loadable at any address".into());
        }
        let page = if args.arch == Some(Arch::X86_64) { 0x1000 } else { 0x4000 };
        if !args.stack_size.is_multiple_of(page) {
            self.errors.push(format!("-stack_size: {:x} is not a multiple of {page:x}", args.stack_size));
        }
        let client = args.client_name.is_some() && kind != OutputKind::Execute;
        let only = [
            ("-stack_size", args.stack_size != 0, OutputKind::Execute, "executables"),
            ("-bundle_loader", args.bundle_loader.is_some(), OutputKind::Bundle, "bundles: it needs -bundle"),
            ("-client_name", client, OutputKind::Bundle, "programs and bundles"),
            ("-init", args.init.is_some(), OutputKind::Dylib, "dylibs: it needs -dylib"),
            ("-umbrella", args.umbrella.is_some(), OutputKind::Dylib, "dylibs: it needs -dylib"),
            ("-sub_library", !args.sub_libraries.is_empty(), OutputKind::Dylib, "dylibs: it needs -dylib"),
            ("-sub_umbrella", !args.sub_umbrellas.is_empty(), OutputKind::Dylib, "dylibs: it needs -dylib"),
            ("-allowable_client", !args.allowable_clients.is_empty(), OutputKind::Dylib, "dylibs: it needs -dylib"),
            (
                "-add_linker_option",
                !args.linker_options.is_empty(),
                OutputKind::Relocatable,
                "object files: it needs -r",
            ),
        ];
        for (flag, _, _, what) in only.iter().filter(|(_, given, wanted, _)| *given && kind != *wanted) {
            self.errors.push(format!("{flag} is for {what}"));
        }
    }
}

/// Variables that say what to run on where the line does not.
const DEPLOYMENT_TARGETS: &[(&str, Platform)] = &[
    ("MACOSX_DEPLOYMENT_TARGET", Platform::MACOS),
    ("IPHONEOS_DEPLOYMENT_TARGET", Platform::IOS),
    ("TVOS_DEPLOYMENT_TARGET", Platform::TVOS),
    ("WATCHOS_DEPLOYMENT_TARGET", Platform::WATCHOS),
    ("XROS_DEPLOYMENT_TARGET", Platform::XROS),
    ("DRIVERKIT_DEPLOYMENT_TARGET", Platform::DRIVERKIT),
];

fn platform_name(platform: Platform) -> &'static str {
    PLATFORMS.iter().find(|(_, known)| *known == platform).map_or("an unknown platform", |(names, _)| names[0])
}

/// The option nearest to `typed`, with the dashes that it is written with. Of equally near ones it is the first of the
/// table, where options without effect stand last.
fn nearest(typed: &str) -> Option<String> {
    let mut names = Vec::new();
    for flag in flags::all().filter(|flag| !flag.help.is_empty()) {
        let long = flag.names.iter().filter(|name| name.trim_start_matches('-').len() > 1 && !name.ends_with('*'));
        for name in long {
            names.push((*name).to_owned());
            match (&flag.effect, name.strip_prefix("--")) {
                (Effect::Switch(_), Some(bare)) => names.push(format!("--no-{bare}")),
                (Effect::Switch(_), None) => names.push(format!("-no_{}", name.trim_start_matches('-'))),
                _ => {}
            }
        }
    }
    let bare = |name: &str| name.trim_start_matches('-').to_owned();
    let bare_names: Vec<String> = names.iter().map(|name| bare(name)).collect();
    let near = suggest::nearest(&bare(typed), bare_names.iter().map(String::as_str))?;
    names.into_iter().find(|name| bare(name) == near)
}
