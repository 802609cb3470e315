//! Runs a case: builds its inputs in a folder of its own, links each configuration, and checks what came out.
//!
//! Without being asked, every successful link is repeated at `-j 8` with parallel regions forced (same bytes, same
//! messages), its output goes through [`crate::lint`], and its inputs are cut short at a few lengths (exit status 0
//! or 1, never a signal, a panic or a hang).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::Trial;

use crate::case::{self, Case, Config, Directive, Part, split};
use crate::dump::{Elf, Result};
use crate::expect::{self, Outcome};
use crate::process::{self, Ended};

const LIMIT: Duration = Duration::from_secs(10);

/// The linker under test.
#[derive(Debug)]
pub(crate) struct Linker {
    pub(crate) path: PathBuf,
    /// Not sinew: its messages are its own, and it has neither `-j` nor `--inline-below`.
    pub(crate) foreign: bool,
}

impl Linker {
    pub(crate) fn from_environment() -> Linker {
        let own = PathBuf::from(env!("CARGO_BIN_EXE_sinew"));
        let path = std::env::var_os("SINEW_LINKER").map_or(own, PathBuf::from);
        let foreign = !path.file_name().is_some_and(|n| n.to_string_lossy().contains("sinew"));
        Linker { path, foreign }
    }

    /// Links with `args` in `dir`; `threads` only reaches sinew.
    pub(crate) fn link(&self, args: &[String], dir: &Path, threads: &[&str]) -> Result<Ended> {
        let mut command = Command::new(&self.path);
        // The name under which compilers call it; sinew takes its personality from there.
        if !self.foreign {
            std::os::unix::process::CommandExt::arg0(&mut command, "ld");
            command.args(threads);
        }
        command.args(args);
        process::run(&mut command, dir, LIMIT)
    }

    /// The part of a name by which `unlike:` lists it.
    fn is(&self, word: &str) -> bool {
        self.foreign && self.path.to_string_lossy().contains(word)
    }
}

/// One trial a compiler of the case.
pub(crate) fn trials(path: &Path, name: &str, linker: &Arc<Linker>) -> Vec<Trial> {
    let case = match case::read(path, name, &case::ELF) {
        Ok(case) => Arc::new(case),
        Err(e) => {
            let e = format!("{name}: {e}");
            return vec![crate::trial(name.to_string(), Vec::new(), move || Err(e))];
        }
    };
    let several = case.compilers.len() > 1;
    let one = |compiler: &String| {
        let name = if several { format!("{name} ({compiler})") } else { name.to_string() };
        let (case, linker) = (Arc::clone(&case), Arc::clone(linker));
        let tools = Tools::find(compiler);
        let mut missing: Vec<String> = tools.is_none().then(|| compiler.clone()).into_iter().collect();
        missing.extend(case.needs.iter().filter(|n| !have(n)).cloned());
        let folder = name.replace(['/', ' ', '(', ')'], "_");
        crate::trial(name, missing, move || {
            let tools = tools.ok_or("no compiler")?;
            Run { case: &case, linker: &linker, tools, dir: workplace(&folder)? }.all()
        })
    };
    case.compilers.iter().map(one).collect()
}

/// A fresh folder for one trial.
pub(crate) fn workplace(name: &str) -> Result<PathBuf> {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if dir.exists() {
        fs::remove_dir_all(&dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    }
    fs::create_dir_all(&dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    Ok(dir)
}

/// Whether a `needs:` word is met: `root`, or a program on PATH.
fn have(need: &str) -> bool {
    match need {
        "root" => process::find(&["id"])
            .is_some_and(|id| Command::new(id).arg("-u").output().is_ok_and(|o| o.stdout.starts_with(b"0\n"))),
        "clang" => process::find(&["clang-19", "clang"]).is_some(),
        tool => process::find(&[tool]).is_some(),
    }
}

/// A C compiler and the C++ one that belongs to it.
pub(crate) struct Tools {
    cc: PathBuf,
    cxx: PathBuf,
    clang: bool,
}

impl Tools {
    pub(crate) fn find(name: &str) -> Option<Tools> {
        let clang = name == "clang";
        let (c, cxx): (&[&str], &[&str]) =
            if clang { (&["clang-19", "clang"], &["clang++-19", "clang++"]) } else { (&["gcc"], &["g++"]) };
        Some(Tools { cc: process::find(c)?, cxx: process::find(cxx)?, clang })
    }

    fn of(&self, file: &str) -> &Path {
        if file.ends_with(".cc") { &self.cxx } else { &self.cc }
    }

    /// Compiles or assembles `file` into the object beside it.
    pub(crate) fn compile(&self, file: &str, flags: &str, dir: &Path) -> Result<String> {
        let object = object_name(file);
        if file.ends_with(".rs") {
            let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
            let mut command = Command::new(rustc);
            command.args([
                "--edition=2021",
                "--crate-type=lib",
                "--emit=obj",
                "-Cpanic=abort",
                "-Ccodegen-units=1",
                "-Copt-level=1",
            ]);
            process::must(command.args(split(flags)).arg("-o").arg(&object).arg(file), dir)?;
            return Ok(object);
        }
        let mut command = Command::new(self.of(file));
        if !file.ends_with(".s") {
            // Distributions differ in these defaults; a case that wants otherwise says so.
            command.args(["-O1", "-fPIE", "-fno-stack-protector", "-fcf-protection=none"]);
        }
        process::must(command.args(split(flags)).arg("-c").arg(file).arg("-o").arg(&object), dir)?;
        Ok(object)
    }
}

fn object_name(file: &str) -> String {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    format!("{stem}.o")
}

fn is_source(part: &Part) -> bool {
    [".c", ".cc", ".s", ".S", ".rs"].iter().any(|end| part.name.ends_with(end))
}

struct Run<'a> {
    case: &'a Case,
    linker: &'a Linker,
    tools: Tools,
    dir: PathBuf,
}

impl Run<'_> {
    fn all(&self) -> Result<()> {
        let inputs = self.build()?;
        let mut problems = Vec::new();
        for (index, config) in self.case.configs.iter().enumerate() {
            if config.expect.iter().any(|d| d.key == "unlike" && split(&d.value).iter().any(|w| self.linker.is(w))) {
                continue;
            }
            if let Err(e) = self.config(config, &inputs, index == 0) {
                let name = if config.name.is_empty() { "link" } else { &config.name };
                problems.push(format!("[{name}] {e}"));
            }
        }
        if problems.is_empty() {
            // What passed leaves nothing behind; what failed can be looked at.
            return fs::remove_dir_all(&self.dir).map_err(|e| e.to_string());
        }
        let again = format!("{}/again-*.sh repeats it", self.dir.display());
        Err(format!("{}\n{}\n{again}", self.case.rule, problems.join("\n")))
    }

    /// Writes the parts, compiles them and takes the steps; gives the objects that `$IN` stands for.
    fn build(&self) -> Result<Vec<String>> {
        let mut inputs = Vec::new();
        let bin = self.dir.join("bin");
        fs::create_dir_all(&bin).map_err(|e| e.to_string())?;
        // What the compiler driver finds under -B: it notes the command line and links nothing.
        write(&bin.join("ld"), "#!/bin/sh\nprintf '%s\\0' \"$@\" > \"$SINEW_ARGV\"\n", true)?;
        for part in &self.case.parts {
            let path = self.dir.join(&part.name);
            fs::create_dir_all(path.parent().unwrap_or(&self.dir)).map_err(|e| e.to_string())?;
            write(&path, &part.text, part.name.ends_with(".sh"))?;
        }
        for part in self.case.parts.iter().filter(|p| is_source(p)) {
            let flags = format!("{} {}", self.case.cflags, part.cflags);
            inputs.push(self.tools.compile(&part.name, &flags, &self.dir)?);
        }
        for step in &self.case.steps {
            self.step(step, &mut inputs).map_err(|e| format!("line {}: {e}", step.line))?;
        }
        Ok(inputs)
    }

    fn step(&self, step: &Directive, inputs: &mut Vec<String>) -> Result<()> {
        let words = split(&step.value);
        let (target, rest) = words.split_first().ok_or("expected a file")?;
        match step.key.as_str() {
            "archive" | "thin" => {
                let mode = if step.key == "thin" { "rcsDT" } else { "rcsD" };
                process::must(Command::new("ar").arg(mode).arg(target).args(rest), &self.dir)?;
            }
            "shared" => {
                let args: Vec<String> =
                    ["-shared", "-o", target].map(String::from).into_iter().chain(rest.to_vec()).collect();
                let ended = self.linker.link(&args, &self.dir, &[])?;
                if ended.code != Some(0) {
                    return Err(format!("{}: {}\n{}", args.join(" "), ended.how(), ended.stderr));
                }
                let elf = Elf::parse(read(&self.dir.join(target))?).map_err(|e| format!("{target}: {e}"))?;
                self.lint(&elf).map_err(|e| format!("{target}: {e}"))?;
            }
            "shared-bfd" => {
                process::must(Command::new("ld.bfd").args(["-shared", "-o", target]).args(rest), &self.dir)?;
            }
            _ => {
                process::must(&mut self.shell(&step.value, inputs), &self.dir)?;
                return Ok(());
            }
        }
        inputs.retain(|i| !rest.contains(i));
        Ok(())
    }

    /// A shell command in the case's folder, with what it may want to call in the environment.
    fn shell(&self, command: &str, inputs: &[String]) -> Command {
        let mut shell = Command::new("sh");
        shell
            .arg("-ec")
            .arg(command)
            .env("LD", &self.linker.path)
            .env("CC", &self.tools.cc)
            .env("CXX", &self.tools.cxx);
        shell.env("OUT", "out").env("IN", inputs.join(" ")).env("DIR", &self.dir).env("LD_LIBRARY_PATH", &self.dir);
        shell
    }

    /// The linker's arguments for a configuration, `$OUT` and `$IN` filled in.
    fn arguments(&self, config: &Config, inputs: &[String]) -> Result<Vec<String>> {
        let mut args = Vec::new();
        if !config.args.contains("$OUT") {
            args.extend(["-o".to_string(), "out".to_string()]);
        }
        for word in split(&config.args) {
            match word.as_str() {
                "$IN" => args.extend_from_slice(inputs),
                _ => args.push(word.replace("$OUT", "out").replace("$DIR", &self.dir.to_string_lossy())),
            }
        }
        if config.key != "cc-link" {
            return Ok(args);
        }
        let cplusplus = self.case.parts.iter().any(|p| p.name.ends_with(".cc"));
        let mut driver = Command::new(if cplusplus { &self.tools.cxx } else { &self.tools.cc });
        match self.tools.clang {
            true => driver.arg("--ld-path=bin/ld"),
            false => driver.arg("-Bbin"),
        };
        let noted = self.dir.join(".argv");
        process::must(driver.args(args).env("SINEW_ARGV", &noted), &self.dir)?;
        let noted = read(&noted)?;
        let words = noted.split(|b| *b == 0).filter(|w| !w.is_empty());
        Ok(words.map(|w| String::from_utf8_lossy(w).into_owned()).collect())
    }

    fn config(&self, config: &Config, inputs: &[String], first: bool) -> Result<()> {
        let said = |key: &str| config.expect.iter().any(|d| d.key == key);
        let args = self.arguments(config, inputs)?;
        self.note(config, &args)?;
        let out = self.dir.join("out");
        let _ = fs::remove_file(&out);
        let reports = self.reports(config);
        let parallel = self.parallel(&args, said("varies"))?;
        let parallel_reports = self.contents(&reports);
        let ended = self.linker.link(&args, &self.dir, &["-j", "1"])?;
        if said("error") {
            self.failed(&ended, &out)?;
        } else if ended.code != Some(0) {
            return Err(format!("{}\n{}", ended.how(), ended.stderr));
        } else if !self.linker.foreign && !said("warning") && !ended.stderr.is_empty() {
            return Err(format!("unexpected on standard error:\n{}", ended.stderr));
        }
        if let Some((bytes, before)) = parallel {
            if parallel_reports != self.contents(&reports) {
                return Err(format!("-j 1 and -j 8 write different {}", reports.join(", ")));
            }
            if bytes != fs::read(&out).ok() {
                return Err("-j 1 and -j 8 give different files".to_string());
            }
            if (&before.stdout, &before.stderr, before.code) != (&ended.stdout, &ended.stderr, ended.code) {
                return Err(format!("-j 8 says: {}\n-j 1 says: {}", before.stderr, ended.stderr));
            }
        }
        let elf = fs::read(&out).ok().filter(|b| b.starts_with(b"\x7fELF")).map(Elf::parse).transpose()?;
        if let Some(elf) = elf.as_ref().filter(|_| !said("no-lint")) {
            self.lint(elf)?;
        }
        let outcome = Outcome { dir: &self.dir, stdout: &ended.stdout, stderr: &ended.stderr, elf: elf.as_ref() };
        let mut problems = Vec::new();
        for directive in &config.expect {
            if let Err(e) = self.expectation(directive, &outcome, inputs, &args) {
                problems.push(format!("line {}: {}: {}: {e}", directive.line, directive.key, directive.value));
            }
        }
        if first && !self.linker.foreign && !said("no-damage") {
            problems.extend(self.cut_inputs(&args).err());
        }
        if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
    }

    /// Leaves a script that repeats the link by hand.
    fn note(&self, config: &Config, args: &[String]) -> Result<()> {
        let quote = |a: &String| format!("'{}'", a.replace('\'', "'\\''"));
        let words: Vec<String> = args.iter().map(quote).collect();
        let name = if config.name.is_empty() { "link" } else { &config.name };
        let text = format!(
            "#!/bin/sh\ncd '{}' && exec '{}' {} \"$@\"\n",
            self.dir.display(),
            self.linker.path.display(),
            words.join(" ")
        );
        write(&self.dir.join(format!("again-{name}.sh")), &text, true)
    }

    /// Names of the report files that the configuration looks at.
    fn reports(&self, config: &Config) -> Vec<String> {
        let of_file = config.expect.iter().filter(|d| d.key.starts_with("file-"));
        of_file.filter_map(|d| d.value.split(' ').next()).map(str::to_string).collect()
    }

    fn contents(&self, files: &[String]) -> Vec<Option<Vec<u8>>> {
        files.iter().map(|f| fs::read(self.dir.join(f)).ok()).collect()
    }

    /// The same link at `-j 8` with every region parallel: its output, then gone, and what it said.
    fn parallel(&self, args: &[String], varies: bool) -> Result<Option<(Option<Vec<u8>>, Ended)>> {
        if self.linker.foreign || varies {
            return Ok(None);
        }
        let out = self.dir.join("out");
        let ended = self.linker.link(args, &self.dir, &["-j", "8", "--inline-below=0"])?;
        let bytes = fs::read(&out).ok();
        let _ = fs::remove_file(&out);
        Ok(Some((bytes, ended)))
    }

    /// A failed link ends with status 1, says something, and leaves no output.
    fn failed(&self, ended: &Ended, out: &Path) -> Result<()> {
        let status = if self.linker.foreign { ended.code != Some(0) } else { ended.code == Some(1) };
        if !status {
            return Err(format!("expected a failure, got {}\n{}", ended.how(), ended.stderr));
        }
        if ended.stderr.is_empty() {
            return Err("it fails without a word".to_string());
        }
        if out.exists() { Err("a failed link left an output".to_string()) } else { Ok(()) }
    }

    fn lint(&self, elf: &Elf) -> Result<()> {
        let mut problems = crate::lint::problems(elf);
        problems.retain(|p| !self.linker.foreign || !crate::lint::TOLERATED.iter().any(|t| p.starts_with(t)));
        if problems.is_empty() { Ok(()) } else { Err(format!("lint: {}", problems.join("\nlint: "))) }
    }

    fn expectation(&self, d: &Directive, outcome: &Outcome<'_>, inputs: &[String], args: &[String]) -> Result<()> {
        match d.key.as_str() {
            // Another linker words its messages differently, prints other things and has other report files.
            "error" | "warning" | "prints" | "silent" | "file-has" | "file-lacks" if self.linker.foreign => Ok(()),
            "run" => self.execute(&d.value, "./out"),
            "sh" => process::must(&mut self.shell(&d.value, inputs), &self.dir).map(|_| ()),
            "same-as" => self.same_as(&d.value, outcome, args),
            _ => expect::check(d, outcome),
        }
    }

    /// Runs the output; `value` says how, and what must come of it.
    fn execute(&self, value: &str, program: &str) -> Result<()> {
        let mut command = Command::new(program);
        command.env("LD_LIBRARY_PATH", &self.dir);
        process::run_as_told(&mut command, value, &self.dir, LIMIT)
    }

    /// `bfd|lld|mold what…`: links the same with a peer and compares `run`, `needed` or `dynsym`.
    fn same_as(&self, value: &str, outcome: &Outcome<'_>, args: &[String]) -> Result<()> {
        let words = split(value);
        let peer = match words.first().map(String::as_str) {
            Some("bfd") => process::find(&["ld.bfd"]),
            Some("lld") => process::find(&["ld.lld-19", "ld.lld"]),
            Some("mold") => process::find(&["ld.mold"]),
            _ => return Err("expected bfd, lld or mold".to_string()),
        };
        let peer = peer.ok_or("the peer is not installed")?;
        let own = self.dir.join("own");
        fs::rename(self.dir.join("out"), &own).map_err(|e| e.to_string())?;
        let linked = process::must(Command::new(peer).args(args), &self.dir);
        let theirs = linked.and_then(|_| {
            fs::rename(self.dir.join("out"), self.dir.join("peer")).map_err(|e| e.to_string())?;
            Elf::parse(read(&self.dir.join("peer"))?)
        });
        fs::rename(&own, self.dir.join("out")).map_err(|e| e.to_string())?;
        let theirs = theirs?;
        let ours = outcome.elf.ok_or("the output is not an ELF file")?;
        for what in &words[1..] {
            let (ours, theirs) = match what.as_str() {
                "run" => (self.behaviour("./out")?, self.behaviour("./peer")?),
                "needed" => (ours.tag_values("NEEDED")?, theirs.tag_values("NEEDED")?),
                "dynsym" => (interface(ours), interface(&theirs)),
                _ => return Err(format!("nothing to compare: {what}")),
            };
            if ours != theirs {
                return Err(format!("{what} differ:\nours   {ours:?}\ntheirs {theirs:?}"));
            }
        }
        Ok(())
    }

    fn behaviour(&self, program: &str) -> Result<Vec<String>> {
        let mut command = Command::new(program);
        let ended = process::run(command.env("LD_LIBRARY_PATH", &self.dir), &self.dir, LIMIT)?;
        Ok(vec![ended.how(), ended.stdout, ended.stderr])
    }

    /// Cuts every input of the case's own at a few lengths and links again.
    fn cut_inputs(&self, args: &[String]) -> Result<()> {
        let folder = self.dir.join("cut");
        fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
        let own = |a: &&String| [".o", ".a", ".so"].iter().any(|e| a.ends_with(e)) && self.dir.join(a).is_file();
        let mut args: Vec<String> = args.to_vec();
        if let Some(at) = args.iter().position(|a| a == "-o").filter(|at| at + 1 < args.len()) {
            args[at + 1] = "cut/out".to_string();
        }
        let files: Vec<String> = args.iter().filter(own).take(4).cloned().collect();
        for file in files.iter().filter(|f| !f.starts_with('/')) {
            let bytes = read(&self.dir.join(file))?;
            let len = bytes.len();
            // In the header, behind it, in the middle, in the section headers, and one byte short.
            for keep in [0, 17, 64, len / 2, len.saturating_sub(72), len.saturating_sub(1)] {
                let short = format!("cut/{}", file.replace('/', "_"));
                fs::write(self.dir.join(&short), &bytes[..keep.min(len)]).map_err(|e| e.to_string())?;
                let args: Vec<String> =
                    args.iter().map(|a| if a == file { short.clone() } else { a.clone() }).collect();
                let ended = self.linker.link(&args, &self.dir, &["-j", "1"])?;
                survived(&ended).map_err(|e| format!("{file} cut to {keep} of {len} bytes: {e}"))?;
            }
        }
        Ok(())
    }
}

/// Exit status 0, or 1 with a message that blames the input.
pub(crate) fn survived(ended: &Ended) -> Result<()> {
    let panicked = ended.stderr.contains("internal error") || ended.stderr.contains("panicked");
    match ended.code {
        Some(0) if !panicked => Ok(()),
        Some(1) if !panicked && !ended.stderr.is_empty() => Ok(()),
        _ => Err(format!("{}\n{}", ended.how(), ended.stderr.chars().take(1000).collect::<String>())),
    }
}

/// What a library offers and asks for: names, versions, binding, type.
fn interface(elf: &Elf) -> Vec<String> {
    let line = |s: &crate::dump::Symbol| {
        let side = if s.is_undefined() { "wants" } else { "has" };
        format!("{side} {} {}{}", s.bind_name(), s.name, s.version)
    };
    // GNU ld also exports the versions themselves, as absolute symbols.
    let counts = |s: &&crate::dump::Symbol| s.bind != 0 && s.version != format!("@@{}", s.name);
    let mut lines: Vec<String> = elf.dynsyms.iter().filter(counts).map(line).collect();
    lines.sort();
    lines
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn write(path: &Path, text: &str, executable: bool) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))?;
    if executable {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).map_err(|e| e.to_string())?;
    }
    Ok(())
}
