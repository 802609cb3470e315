//! Text inputs of the command line: version scripts, dynamic lists, symbol lists, and what linker scripts assign.

use super::expr::{self, Expr};
use super::linker_defined::Assigned;
use super::open::Opened;
use super::script::{self, What};
use super::version_script::VersionScript;
use crate::args::elf::Args;
use crate::base::diag::Reported;
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

    /// All version scripts, those inside linker scripts included.
    pub fn versions<'t>(&'t self, scripts: &[Commands<'t>], cx: &Session) -> VersionScript<'t> {
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

    /// `--dynamic-list`; `None` when there is none.
    pub fn dynamic_list(&self, cx: &Session) -> Option<VersionScript<'_>> {
        self.list(&self.dynamic_lists, &[], cx)
    }

    /// `--export-dynamic-symbol` and `--export-dynamic-symbol-list`.
    pub fn export_list(&self, cx: &Session) -> Option<VersionScript<'_>> {
        self.list(&self.export_lists, &self.export_globs, cx)
    }

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

/// `--defsym` and the assignments of scripts, in order.
pub fn assigned<'t>(args: &'t Args, scripts: &[Commands<'t>], cx: &Session) -> Result<Vec<Assigned<'t>>, Reported> {
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
    cx.diag.checkpoint()?;
    Ok(list)
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
pub fn roots<'t>(scripts: &[Commands<'t>]) -> (Vec<&'t [u8]>, Option<&'t [u8]>) {
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
