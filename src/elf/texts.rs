//! Text inputs of the command line: version scripts, dynamic lists, symbol lists, and what linker scripts assign.

use super::definitions::Export;
use super::expr::{self, Expr};
use super::linker_defined::Assigned;
use super::open::Opened;
use super::script::{self, What};
use super::version_script::{Matcher, VersionScript};
use crate::args::elf::Args;
use crate::base::diag::Reported;
use crate::base::ids::FileId;
use crate::base::session::Session;
use sinew_mmap::input::Input;
use std::collections::HashSet;
use std::path::Path;

/// The mapped texts.
#[derive(Debug, Default)]
pub struct Texts {
    version_scripts: Vec<Input>,
    dynamic_lists: Vec<Input>,
    export_lists: Vec<Input>,
    /// `--export-dynamic-symbol` globs, as a list.
    export_globs: Vec<u8>,
    retained: Option<Input>,
}

/// Maps every text that the command line names.
pub fn open(args: &Args, cx: &Session) -> Result<Texts, Reported> {
    let open = |path: &Path| match Input::open(path) {
        Ok(input) => Some(input),
        Err(e) => {
            cx.diag.error(format_args!("cannot open {}: {}", path.display(), e.to_string().to_lowercase()));
            None
        }
    };
    // GNU ld looks for version scripts along -L too.
    let find = |path: &std::path::PathBuf| {
        let dirs = args.library_paths.iter().map(|dir| dir.join(path));
        let found = std::iter::once(path.clone()).chain(dirs).find(|p| p.exists());
        open(&found.unwrap_or_else(|| path.clone()))
    };
    let mut texts = Texts {
        version_scripts: args.version_scripts.iter().filter_map(find).collect(),
        dynamic_lists: args.dynamic_lists.iter().filter_map(|p| open(p)).collect(),
        export_lists: args.export_dynamic_symbol_lists.iter().filter_map(|p| open(p)).collect(),
        export_globs: Vec::new(),
        retained: args.retain_symbols_file.as_deref().and_then(open),
    };
    if !args.export_dynamic_symbols.is_empty() {
        texts.export_globs = format!("{{ {}; }};", args.export_dynamic_symbols.join("; ")).into_bytes();
    }
    cx.diag.checkpoint()?;
    Ok(texts)
}

impl Texts {
    /// The files that were read.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        let lists = self.version_scripts.iter().chain(&self.dynamic_lists).chain(&self.export_lists);
        lists.chain(&self.retained).map(Input::path)
    }

    /// Reads all of it, with what linker scripts say about symbols.
    pub fn rules<'t>(&'t self, args: &'t Args, scripts: &[Commands<'t>], cx: &Session) -> Result<Rules<'t>, Reported> {
        let (roots, entry) = roots(scripts);
        let rules = Rules {
            assigned: assigned(args, scripts, cx),
            roots,
            entry,
            versions: self.versions(scripts, cx),
            dynamic_list: self.list(&self.dynamic_lists, &[], cx),
            export_list: self.list(&self.export_lists, &self.export_globs, cx),
        };
        cx.diag.checkpoint()?;
        Ok(rules)
    }

    /// All version scripts, those inside linker scripts included.
    fn versions<'t>(&'t self, scripts: &[Commands<'t>], cx: &Session) -> VersionScript<'t> {
        let mut versions = VersionScript::default();
        for input in &self.version_scripts {
            if let Err(e) = versions.add(input.bytes(), 1) {
                cx.diag.error(format_args!("{}: {e}", input.path().display()));
            }
        }
        for commands in scripts {
            for command in &commands.script.commands {
                if let What::Version { text, line } = &command.what
                    && let Err(e) = versions.add(text, *line)
                {
                    cx.diag.error(format_args!("{}: {e}", commands.path.display()));
                }
            }
        }
        versions
    }

    /// Dynamic lists in files, and one more; `None` when there is none.
    fn list<'t>(&'t self, inputs: &'t [Input], more: &'t [u8], cx: &Session) -> Option<VersionScript<'t>> {
        if inputs.is_empty() && more.is_empty() {
            return None;
        }
        let mut list = VersionScript::default();
        for input in inputs {
            if let Err(e) = list.add_dynamic_list(input.bytes()) {
                cx.diag.error(format_args!("{}: {e}", input.path().display()));
            }
        }
        if !more.is_empty()
            && let Err(e) = list.add_dynamic_list(more)
        {
            cx.diag.error(format_args!("--export-dynamic-symbol: {e}"));
        }
        Some(list)
    }

    /// `--retain-symbols-file`.
    pub fn retained(&self) -> Option<HashSet<Vec<u8>>> {
        let text = self.retained.as_ref()?.bytes();
        Some(text.split(|c| c.is_ascii_whitespace()).filter(|w| !w.is_empty()).map(<[u8]>::to_vec).collect())
    }
}

/// The commands of one linker script.
#[derive(Debug)]
pub struct Commands<'t> {
    /// The script's path.
    pub path: &'t Path,
    /// What it says.
    pub script: script::Script<'t>,
}

/// The commands of all linker scripts, in order.
pub fn commands(opened: &Opened) -> Vec<Commands<'_>> {
    let scripts = opened.scripts.iter().map(|map| &opened.maps[*map]);
    let parsed = scripts.map(|map| Commands {
        path: map.path(),
        // It was parsed without error when its inputs were opened.
        script: script::parse(map.bytes()).unwrap_or_default(),
    });
    parsed.collect()
}

/// What the texts say about symbols.
#[derive(Debug)]
pub struct Rules<'t> {
    /// `--defsym` and the assignments of scripts, in order.
    pub assigned: Vec<Assigned<'t>>,
    /// Names that scripts refer to: `EXTERN` and `ENTRY`.
    pub roots: Vec<&'t [u8]>,
    /// `ENTRY`.
    pub entry: Option<&'t [u8]>,
    /// All version scripts, those inside linker scripts included.
    pub versions: VersionScript<'t>,
    dynamic_list: Option<VersionScript<'t>>,
    export_list: Option<VersionScript<'t>>,
}

/// [`Rules`] about exports, ready to be asked.
pub struct Matchers<'x> {
    versions: Option<Matcher<'x>>,
    dynamic_list: Option<Matcher<'x>>,
    export_list: Option<Matcher<'x>>,
}

impl Rules<'_> {
    /// Prepares look-ups.
    pub fn matchers(&self) -> Matchers<'_> {
        Matchers {
            versions: (!self.versions.is_empty()).then(|| Matcher::new(&self.versions)),
            dynamic_list: self.dynamic_list.as_ref().map(Matcher::new),
            export_list: self.export_list.as_ref().map(Matcher::new),
        }
    }
}

impl Matchers<'_> {
    /// Everything that decides what is exported; `excluded` is `--exclude-libs`.
    pub fn export<'x>(&'x self, rules: &'x Rules<'_>, excluded: &'x (dyn Fn(FileId) -> bool + Sync)) -> Export<'x> {
        Export {
            versions: self.versions.as_ref(),
            nodes: &rules.versions,
            dynamic_list: self.dynamic_list.as_ref(),
            export_list: self.export_list.as_ref(),
            excluded,
        }
    }
}

/// `--defsym` and the assignments of scripts, in order.
fn assigned<'t>(args: &'t Args, scripts: &[Commands<'t>], cx: &Session) -> Vec<Assigned<'t>> {
    let mut list = Vec::new();
    for commands in scripts {
        for command in &commands.script.commands {
            if let What::Assign(a) = &command.what {
                list.push(Assigned { name: a.name, expr: a.expr.clone(), provide: a.provide, hidden: a.hidden });
            }
        }
    }
    for (name, text) in &args.defsym {
        match expr::parse(text.as_bytes()) {
            Ok(expr) => list.push(Assigned { name: name.as_bytes(), expr, provide: false, hidden: false }),
            Err(e) => cx.diag.error(format_args!("--defsym {name}={text}: {}", e.what)),
        }
    }
    list
}

/// `ASSERT(condition, message)`.
#[derive(Debug)]
pub struct Assert<'s, 't> {
    /// The link fails if this is zero.
    pub condition: &'s Expr<'t>,
    /// What to say then.
    pub message: &'t [u8],
}

/// The assertions of scripts, in order.
pub fn asserts<'s, 't>(scripts: &'s [Commands<'t>]) -> Vec<Assert<'s, 't>> {
    let commands = scripts.iter().flat_map(|s| &s.script.commands);
    let asserts = commands.filter_map(|c| match &c.what {
        What::Assert { condition, message } => Some(Assert { condition, message }),
        _ => None,
    });
    asserts.collect()
}

/// Names that scripts refer to: `EXTERN` and `ENTRY`.
fn roots<'t>(scripts: &[Commands<'t>]) -> (Vec<&'t [u8]>, Option<&'t [u8]>) {
    let (mut names, mut entry) = (Vec::new(), None);
    for command in scripts.iter().flat_map(|s| &s.script.commands) {
        match &command.what {
            What::Extern(list) => names.extend(list),
            What::Entry(name) => entry = Some(*name),
            _ => {}
        }
    }
    names.extend(entry);
    (names, entry)
}
