//! Walks an ELF command line: splits flags from values, keeps the positional state, fills in what follows from all.
//!
//! The rules are GNU ld's. Long flags take one dash or two, except that `-o…` is `-o` with a value. A long flag's value
//! follows `=` or is the next argument, a short one's is joined or the next argument. What comes later wins, lists
//! grow. All that is wrong is reported at once. Cost: arguments that are flags times the size of the table.

use super::flags::{self, Effect, Flag, Found, Takes};
use super::values::Value;
use super::{Args, InputArg, InputName, OutputKind, Positional, Unresolved};
use crate::args::{response, suggest, terminal_has_color};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// What a command line asks for.
#[derive(Debug, Clone)]
pub enum Command {
    /// A link.
    Link(Box<Args>),
    /// `--help`: print [`super::help`] and exit with 0.
    Help,
    /// Print [`super::VERSION`], then link, or exit with 0 when there is nothing to link.
    Version {
        /// `-V`: print [`super::emulations`] too.
        emulations: bool,
        /// With `-v` and inputs, the link that follows.
        then_link: Option<Box<Args>>,
    },
    /// `--print-…`: print this line and exit with 0.
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
    let argv = response::expand(argv).map_err(|error| vec![error])?;
    let mut line = Line::default();
    let mut rest = argv.iter();
    while let Some(arg) = rest.next() {
        match arg.as_bytes() {
            [b'-', body @ ..] if !body.is_empty() => line.flag(arg, body, &mut rest),
            _ => line.input(PathBuf::from(arg), line.position),
        }
        // As GNU ld, which acts on these when it meets them: what is wrong before them is an error, what follows is
        // not looked at. The kernel's build finds out in this way which flags there are.
        if line.print.is_some() {
            break;
        }
    }
    line.finish(&argv)
}

/// A flag that prints something and ends the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Print {
    Help,
    Version,
    Text(String),
}

/// The state of the walk.
pub(super) struct Line {
    pub args: Args,
    /// What holds for the next input.
    pub position: Positional,
    saved: Vec<Positional>,
    /// `-L` as typed: the sysroot may come later.
    pub library_paths: Vec<PathBuf>,
    rpaths: Vec<String>,
    pub shape: OutputKind,
    pub relocatable: bool,
    pub no_dynamic_linker: bool,
    pub ignore_undefined: bool,
    pub undefined_is: Unresolved,
    /// `None` is "when it is a terminal".
    pub color: Option<bool>,
    pub print: Option<Print>,
    pub version: bool,
    pub emulations: bool,
    warnings: Vec<String>,
    errors: Vec<String>,
}

impl Default for Line {
    fn default() -> Self {
        Line {
            args: Args::default(),
            position: Positional::default(),
            saved: Vec::new(),
            library_paths: Vec::new(),
            rpaths: Vec::new(),
            shape: OutputKind::Exec,
            relocatable: false,
            no_dynamic_linker: false,
            ignore_undefined: false,
            undefined_is: Unresolved::Error,
            color: None,
            print: None,
            version: false,
            emulations: false,
            warnings: Vec::new(),
            errors: Vec::new(),
        }
    }
}

/// What flags call.
impl Line {
    pub(super) fn error(&mut self, text: impl Into<String>) {
        self.errors.push(text.into());
    }

    pub(super) fn warn(&mut self, text: impl Into<String>) {
        self.warnings.push(text.into());
    }

    pub(super) fn input(&mut self, path: PathBuf, state: Positional) {
        self.args.inputs.push(InputArg { what: InputName::File(path), state });
    }

    pub(super) fn library(&mut self, name: String) {
        self.args.inputs.push(InputArg { what: InputName::Library(name), state: self.position });
    }

    pub(super) fn push_state(&mut self) {
        self.saved.push(self.position);
    }

    pub(super) fn pop_state(&mut self) {
        match self.saved.pop() {
            // The input format is not part of the state, in GNU ld neither.
            Some(saved) => self.position = Positional { binary: self.position.binary, ..saved },
            None => self.error("--pop-state: there is no --push-state before it"),
        }
    }

    /// Adds a run path unless it is there: as a whole, so that CMake finds its padded placeholder again.
    pub(super) fn rpath(&mut self, path: &str) {
        let known = |list: &String| list == path || list.split(':').any(|one| one == path);
        if !path.is_empty() && !self.rpaths.iter().any(known) {
            self.rpaths.push(path.to_owned());
        }
    }

    pub(super) fn section_start(&mut self, section: &str, address: u64) -> Result<(), String> {
        self.args.section_starts.retain(|(known, _)| known != section);
        self.args.section_starts.push((section.to_owned(), address));
        Ok(())
    }

    /// `--no-undefined`, `-z defs`.
    pub(super) fn forbid_undefined(&mut self) {
        self.args.no_undefined = true;
        self.ignore_undefined = false;
    }
}

/// The walk itself.
impl Line {
    /// Handles `arg`, which is `body` after its first dash; a value in the next argument is taken from `rest`.
    fn flag(&mut self, arg: &OsStr, body: &[u8], rest: &mut std::slice::Iter<'_, OsString>) {
        let (dashes, body) = match body {
            [b'-', long @ ..] => (2, long),
            short => (1, short),
        };
        let Some(found) = flags::find(body, dashes == 2) else {
            return self.unknown(arg);
        };
        let typed = String::from_utf8_lossy(&arg.as_bytes()[..dashes + found.name_len]).into_owned();
        self.warn_of_swallowed_name(arg, &found);
        let takes = found.flag.effect.takes();
        let raw: Option<&OsStr> = match found.joined {
            Some(_) if takes == Takes::Nothing => {
                return self.error(format!("{typed} takes no value, but '{}' gives one", arg.display()));
            }
            Some(joined) => Some(OsStr::from_bytes(joined)),
            None if takes == Takes::Value => match rest.next() {
                Some(next) => Some(next),
                None => return self.error(format!("{typed} needs a value{}", shape(found.flag))),
            },
            // `-O 1` is seen beside `-O1`, and no input is called by a bare number.
            None if found.short && takes == Takes::Optional && is_number(rest.as_slice().first()) => {
                rest.next().map(OsString::as_os_str)
            }
            None => None,
        };
        let value = raw.map(|raw| Value { flag: &typed, raw });
        self.apply(&found, value.as_ref(), &typed);
    }

    fn apply(&mut self, found: &Found<'_>, value: Option<&Value<'_>>, typed: &str) {
        let help = found.flag.help;
        let result = match (&found.flag.effect, value) {
            (Effect::Plain(run), _) => {
                run(self);
                Ok(())
            }
            (Effect::Switch(run), _) => {
                run(self, !found.negated);
                Ok(())
            }
            (Effect::Value(_, run), Some(value)) => run(self, value),
            (Effect::Optional(_, run), value) => run(self, value),
            (Effect::Warned(_), _) => {
                self.warn(format!("{typed} has no effect: {help}"));
                Ok(())
            }
            (Effect::Refused(_), _) => Err(format!("{typed}: {help}")),
            (Effect::Ignored(_) | Effect::Value(_, _), _) => Ok(()),
        };
        if let Err(error) = result {
            self.error(error);
        }
    }

    fn unknown(&mut self, arg: &OsStr) {
        let whole = arg.to_string_lossy();
        let typed = whole.split('=').next().unwrap_or(&whole);
        let text = match typed.strip_prefix("-Wl,") {
            Some(inner) => {
                format!("unknown flag: {typed} (-Wl is for compilers; the linker wants {})", inner.replace(',', " "))
            }
            None => match nearest(typed) {
                Some(known) => format!("unknown flag: {typed}; did you mean {known}?"),
                None => format!("unknown flag: {typed} (--help lists those that are known)"),
            },
        };
        self.error(text);
    }

    /// `-export-dynamik` is `-e xport-dynamik` to any linker, which is hardly what was meant.
    fn warn_of_swallowed_name(&mut self, arg: &OsStr, found: &Found<'_>) {
        let typed = arg.to_string_lossy();
        let letter = typed.as_bytes().get(1).copied().unwrap_or_default();
        if !found.short || found.joined.is_none() || !b"efh".contains(&letter) || typed.len() < 6 {
            return;
        }
        if let Some(known) = nearest(&typed) {
            self.warn(format!("{typed} is read as -{} {}; did you mean {known}?", &typed[1..2], &typed[2..]));
        }
    }

    /// Settles what depends on the whole line.
    fn finish(mut self, argv: &[OsString]) -> Result<Parsed, Vec<String>> {
        let warnings = std::mem::take(&mut self.warnings);
        let done = |command| Ok(Parsed { command, warnings });
        match self.print.take() {
            _ if !self.errors.is_empty() => return Err(self.errors),
            Some(Print::Help) => return done(Command::Help),
            Some(Print::Version) => return done(Command::Version { emulations: false, then_link: None }),
            Some(Print::Text(text)) => return done(Command::Print(text)),
            None => {}
        }
        if self.args.inputs.is_empty() && self.args.scripts.is_empty() {
            return match self.version {
                true => done(Command::Version { emulations: self.emulations, then_link: None }),
                false => Err(vec!["no input files".into()]),
            };
        }
        self.settle();
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let mut args = Box::new(self.args);
        args.command_line = argv.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
        match self.version {
            true => done(Command::Version { emulations: self.emulations, then_link: Some(args) }),
            false => done(Command::Link(args)),
        }
    }

    fn settle(&mut self) {
        let args = &mut self.args;
        args.kind = if self.relocatable { OutputKind::Relocatable } else { self.shape };
        args.is_static = self.position.prefer_static;
        if self.relocatable {
            // Shared objects cannot be part of -r output, so -l finds archives only.
            args.inputs.iter_mut().for_each(|input| input.state.prefer_static = true);
        }
        args.no_undefined |= matches!(args.kind, OutputKind::Exec | OutputKind::Pie);
        args.unresolved = if self.ignore_undefined { Unresolved::Ignore } else { self.undefined_is };
        args.rpath = self.rpaths.join(":");
        args.library_paths = self.library_paths.iter().map(|path| in_sysroot(path, &args.sysroot)).collect();
        // Sticky, as in GNU ld: riscv compilers pass -dynamic-linker along with it.
        if self.no_dynamic_linker {
            args.dynamic_linker = None;
        }
        args.color = self.color.unwrap_or_else(terminal_has_color);
        if let Some(Some(map)) = &mut args.map
            && map.is_dir()
        {
            let mut name = args.output.file_name().unwrap_or(OsStr::new("a.out")).to_owned();
            name.push(".map");
            map.push(name);
        }
        if self.relocatable && self.shape != OutputKind::Exec {
            let other = if self.shape == OutputKind::Shared { "--shared" } else { "--pie" };
            self.errors.push(format!("-r and {other} cannot be used together"));
        }
        for (flag, list) in [("--filter", &self.args.filter), ("--auxiliary", &self.args.auxiliary)] {
            if !list.is_empty() && self.args.kind != OutputKind::Shared {
                self.errors.push(format!("{flag} is for shared libraries: it needs --shared"));
            }
        }
    }
}

/// What the value of `flag` looks like, for the error.
fn shape(flag: &Flag) -> String {
    match flag.effect {
        Effect::Value(shape, _) | Effect::Optional(shape, _) => format!(": {shape}"),
        _ => String::new(),
    }
}

fn is_number(arg: Option<&OsString>) -> bool {
    arg.is_some_and(|arg| !arg.is_empty() && arg.as_bytes().iter().all(u8::is_ascii_digit))
}

/// The flag nearest to `typed`, with the dashes that it is written with. Of equally near ones it is the first of the
/// table, where flags without effect stand last.
fn nearest(typed: &str) -> Option<String> {
    let mut names = Vec::new();
    for flag in flags::all().filter(|flag| !flag.help.is_empty()) {
        let long = flag.names.iter().filter(|name| name.trim_start_matches('-').len() > 1 && !name.ends_with('*'));
        for name in long {
            names.push((*name).to_owned());
            if matches!(flag.effect, Effect::Switch(_)) {
                names.push(format!("--no-{}", name.trim_start_matches('-')));
            }
        }
    }
    let bare = |name: &str| name.trim_start_matches('-').to_owned();
    let bare_names: Vec<String> = names.iter().map(|name| bare(name)).collect();
    let near = suggest::nearest(&bare(typed), bare_names.iter().map(String::as_str))?;
    names.into_iter().find(|name| bare(name) == near)
}

/// A `-L` folder: `=` and `$SYSROOT` in front stand for the sysroot.
fn in_sysroot(path: &Path, sysroot: &Path) -> PathBuf {
    let bytes = path.as_os_str().as_bytes();
    match bytes.strip_prefix(b"=").or_else(|| bytes.strip_prefix(b"$SYSROOT")) {
        Some(inside) => {
            // Byte by byte, since a path that starts with a slash would replace the sysroot when joined to it.
            let mut joined = sysroot.as_os_str().as_bytes().to_vec();
            while joined.last() == Some(&b'/') && inside.starts_with(b"/") {
                joined.pop();
            }
            joined.extend_from_slice(inside);
            PathBuf::from(OsString::from_vec(joined))
        }
        None => path.to_owned(),
    }
}
