//! Runs a Mach-O case: builds its inputs in a folder of its own, links each configuration in both fixup formats, and
//! checks what came out.
//!
//! Without being asked, every link is repeated at `-j 8` (same bytes, same messages), its output goes through
//! [`super::check`], and lld, given the same, has to meet the same expectations. Programs run under `tests/macho/loader`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use libtest_mimic::Trial;

use super::dump::MachO;
use super::expect::{self, Outcome};
use super::{check, compare};
use crate::case::{self, Case, Config, Directive, Grammar, Part, split};
use crate::dump::Result;
use crate::link::workplace;
use crate::process::{self, Ended};

const LIMIT: Duration = Duration::from_secs(20);

/// The words of Mach-O cases.
const GRAMMAR: Grammar = Grammar {
    expectations: &[
        "run",
        "sh",
        "error",
        "warning",
        "prints",
        "silent",
        "symbol",
        "absent",
        "export",
        "no-export",
        "import",
        "no-import",
        "section",
        "no-section",
        "segment",
        "no-segment",
        "command",
        "no-command",
        "flag",
        "no-flag",
        "filetype",
        "fixup",
        "no-fixup",
        "unwind",
        "no-unwind",
        "contains",
        "lacks",
        "check",
        "order",
        "init",
        "function-starts",
        "no-function-starts",
        "data-in-code",
        "disasm",
        "file-has",
        "file-lacks",
        "fixups",
        "lld",
        "compare",
        "varies",
        "no-check",
        "no-damage",
    ],
    steps: &["archive", "gnu-archive", "fat", "object", "dylib", "lld-dylib", "program", "before"],
    links: &["link", "bare-link", "cc-link"],
    compiler: "clang",
    also: "tests/macho/also",
};

/// What all cases call.
pub(crate) struct Tools {
    clang: Option<PathBuf>,
    lld: Option<PathBuf>,
    linker: PathBuf,
    /// Not sinew: its messages are its own, and it has no `-j`.
    foreign: bool,
    sdk: PathBuf,
    qemu: Option<PathBuf>,
}

impl Tools {
    pub(crate) fn find() -> Tools {
        let own = PathBuf::from(env!("CARGO_BIN_EXE_sinew"));
        let linker = std::env::var_os("SINEW_MACHO_LINKER").map_or(own, PathBuf::from);
        let foreign = !linker.file_name().is_some_and(|n| n.to_string_lossy().contains("sinew"));
        let sdk = Path::new(crate::ROOT).join("target/macos-sdk");
        Tools {
            clang: process::find(&["clang-19"]),
            lld: process::find(&["ld64.lld-19"]),
            linker,
            foreign,
            sdk: std::env::var_os("SINEW_MACHO_SDK").map_or(sdk, PathBuf::from),
            qemu: process::find(&["qemu-aarch64", "qemu-aarch64-static"]),
        }
    }

    pub(crate) fn missing(&self) -> Vec<String> {
        let tools = [
            (self.clang.is_some(), "clang-19"),
            (self.lld.is_some(), "ld64.lld-19"),
            (self.qemu.is_some(), "qemu-aarch64"),
            (process::find(&["llvm-ar-19"]).is_some(), "llvm-ar-19"),
            (loader_script().exists() || given_loader().is_some(), "tests/macho/loader"),
            (self.sdk.join("usr/lib/libSystem.tbd").exists(), "macOS SDK"),
        ];
        tools.iter().filter(|(there, _)| !there).map(|(_, name)| (*name).to_string()).collect()
    }

    /// Whether a `needs:` word is met: `libc++`, which an SDK has when its runtime was built, or a program on PATH.
    fn have(&self, need: &str) -> bool {
        match need {
            "libc++" => self.sdk.join("usr/lib/libc++.tbd").exists(),
            tool => process::find(&[tool]).is_some(),
        }
    }

    /// The C compiler for the target.
    pub(crate) fn clang(&self) -> Command {
        let mut command = Command::new(self.clang.as_deref().unwrap_or(Path::new("clang-19")));
        command.args(["--target=arm64-apple-macos13", "-isysroot"]).arg(&self.sdk);
        command
    }

    /// What every link of a case begins with.
    pub(crate) fn prelude(&self, output: &str) -> Vec<String> {
        let sdk = self.sdk.to_string_lossy();
        let words = ["-arch", "arm64", "-platform_version", "macos", "13.0", "13.0", "-syslibroot", &sdk, "-o", output];
        words.map(str::to_string).to_vec()
    }

    /// Calls a linker with `args` in `dir`; `threads` only reaches sinew.
    fn link(&self, peer: bool, args: &[String], dir: &Path, threads: &[&str]) -> Result<Ended> {
        let lld = self.lld.as_ref().ok_or("no lld")?;
        let mut command = Command::new(if peer { lld } else { &self.linker });
        if !peer && !self.foreign {
            command.args(["-flavor", "darwin"]).args(threads);
        }
        process::run(command.args(args).env("ZERO_AR_DATE", "1"), dir, LIMIT)
    }
}

/// Builds the loader.
fn loader_script() -> PathBuf {
    Path::new(crate::ROOT).join("tests/macho/loader/build.sh")
}

/// A loader built before, from `SINEW_MACHO_LOADER`.
fn given_loader() -> Option<PathBuf> {
    std::env::var_os("SINEW_MACHO_LOADER").map(PathBuf::from)
}

/// The program that runs Mach-O programs under qemu, built once.
fn loader() -> Result<PathBuf> {
    static LOADER: OnceLock<Result<PathBuf>> = OnceLock::new();
    let build = || {
        if let Some(loader) = given_loader() {
            return Ok(loader);
        }
        let dir = workplace("macho_loader")?;
        let loader = dir.join("loader");
        process::must(Command::new("bash").arg(loader_script()).arg(&loader), &dir)?;
        Ok(loader)
    };
    LOADER.get_or_init(build).clone()
}

/// The trial of the case at `path`.
pub(crate) fn trial(path: &Path, name: &str, tools: &Arc<Tools>) -> Trial {
    let case = match case::read(path, name, &GRAMMAR) {
        Ok(case) => case,
        Err(e) => {
            let e = format!("{name}: {e}");
            return crate::trial(name.to_string(), Vec::new(), move || Err(e));
        }
    };
    let tools = Arc::clone(tools);
    let mut missing = tools.missing();
    missing.extend(case.needs.iter().filter(|need| !tools.have(need)).cloned());
    let folder = name.replace(['/', ' '], "_");
    crate::trial(name.to_string(), missing, move || Run { case: &case, tools: &tools, dir: workplace(&folder)? }.all())
}

/// How one link of a configuration differs from its siblings.
#[derive(Clone, Copy)]
struct Variant {
    /// `chained`, `classic`, or nothing when the case says which.
    name: &'static str,
    flag: Option<&'static str>,
}

const VARIANTS: [Variant; 2] = [
    Variant { name: "chained", flag: Some("-fixup_chains") },
    Variant { name: "classic", flag: Some("-no_fixup_chains") },
];

struct Run<'a> {
    case: &'a Case,
    tools: &'a Tools,
    dir: PathBuf,
}

impl Run<'_> {
    fn all(&self) -> Result<()> {
        let mut inputs = self.compile()?;
        let mut problems = Vec::new();
        for step in &self.case.steps {
            self.step(step, &mut inputs).map_err(|e| format!("line {}: {e}", step.line))?;
        }
        for config in &self.case.configs {
            for variant in variants(config)? {
                if let Err(e) = self.config(config, variant, &inputs) {
                    let words = [config.name.as_str(), variant.name];
                    let label = words.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(", ");
                    problems.push(format!("[{label}] {e}"));
                }
            }
        }
        if problems.is_empty() {
            // What passed leaves nothing behind; what failed can be looked at.
            return fs::remove_dir_all(&self.dir).map_err(|e| e.to_string());
        }
        let again = format!("{}/again*.sh repeats it", self.dir.display());
        Err(format!("{}\n{}\n{again}", self.case.rule, problems.join("\n")))
    }

    /// Writes the parts and compiles them; gives the objects that `$IN` stands for.
    fn compile(&self) -> Result<Vec<String>> {
        let mut inputs = Vec::new();
        fs::create_dir_all(self.dir.join("bin")).map_err(|e| e.to_string())?;
        // What the compiler driver is given as linker: it notes the command line and links nothing.
        write(&self.dir.join("bin/ld"), "#!/bin/sh\nprintf '%s\\0' \"$@\" > \"$SINEW_ARGV\"\n", true)?;
        // The linker under test, for what calls it without a flavor.
        let flavor = if self.tools.foreign { "" } else { "-flavor darwin " };
        let text = format!("#!/bin/sh\nexec '{}' {flavor}\"$@\"\n", self.tools.linker.display());
        write(&self.dir.join("bin/linker"), &text, true)?;
        for part in &self.case.parts {
            let path = self.dir.join(&part.name);
            fs::create_dir_all(path.parent().unwrap_or(&self.dir)).map_err(|e| e.to_string())?;
            write(&path, &part.text, part.name.ends_with(".sh"))?;
        }
        for part in self.case.parts.iter().filter(|p| is_source(p)) {
            let stem = part.name.rsplit_once('.').map_or(part.name.as_str(), |(stem, _)| stem);
            let object = format!("{stem}.o");
            let mut command = self.tools.clang();
            if !part.name.ends_with(".s") {
                command.arg("-O1");
            }
            command.args(split(&self.case.cflags)).args(split(&part.cflags));
            process::must(command.args(["-c", &part.name, "-o", &object]), &self.dir)?;
            inputs.push(object);
        }
        Ok(inputs)
    }

    fn step(&self, step: &Directive, inputs: &mut Vec<String>) -> Result<()> {
        let words = split(&step.value);
        let (target, rest) = words.split_first().ok_or("expected a file")?;
        match step.key.as_str() {
            "archive" | "gnu-archive" => {
                let format = if step.key == "archive" { "--format=darwin" } else { "--format=gnu" };
                process::must(Command::new("llvm-ar-19").args([format, "rcsD"]).arg(target).args(rest), &self.dir)?;
            }
            "fat" => {
                let mut lipo = Command::new("llvm-lipo-19");
                process::must(lipo.args(["-create", "-output", target]).args(rest), &self.dir)?;
            }
            "object" => self.object(target, rest)?,
            "dylib" | "lld-dylib" | "program" => self.image(step, target, rest)?,
            _ => {
                process::must(&mut self.shell(&step.value, inputs), &self.dir)?;
                return Ok(());
            }
        }
        inputs.retain(|i| !rest.contains(i));
        Ok(())
    }

    /// An object that sinew makes of others, whatever linker is tested: lld has no `-r`.
    fn object(&self, target: &str, rest: &[String]) -> Result<()> {
        let mut before = None;
        for threads in ["8", "1"] {
            let mut args = self.tools.prelude(target);
            args.insert(0, "-r".to_string());
            args.extend(rest.iter().cloned());
            let mut command = Command::new(env!("CARGO_BIN_EXE_sinew"));
            command.args(["-flavor", "darwin", "-j", threads]).args(&args).env("ZERO_AR_DATE", "1");
            let ended = process::run(&mut command, &self.dir, LIMIT)?;
            if ended.code != Some(0) || !ended.stderr.is_empty() {
                return Err(format!("{}: {}\n{}", args.join(" "), ended.how(), ended.stderr));
            }
            let bytes = fs::read(self.dir.join(target)).map_err(|e| format!("{target}: {e}"))?;
            self.check(&MachO::parse(bytes.clone()).map_err(|e| format!("{target}: {e}"))?, false)
                .map_err(|e| format!("{target}: {e}"))?;
            if before.replace(bytes.clone()).is_some_and(|before| before != bytes) {
                return Err(format!("{target}: -j 1 and -j 8 write different files"));
            }
        }
        Ok(())
    }

    /// Another image of the case; a library is called by its path unless the case names it.
    fn image(&self, step: &Directive, target: &str, rest: &[String]) -> Result<()> {
        let mut args = self.tools.prelude(target);
        if step.key != "program" {
            args.push("-dylib".to_string());
            if !rest.iter().any(|w| w == "-install_name") {
                args.extend(["-install_name".to_string(), target.to_string()]);
            }
        }
        args.extend(rest.iter().cloned());
        args.push("-lSystem".to_string());
        let ended = self.tools.link(step.key == "lld-dylib", &args, &self.dir, &[])?;
        if ended.code != Some(0) {
            return Err(format!("{}: {}\n{}", args.join(" "), ended.how(), ended.stderr));
        }
        let bytes = fs::read(self.dir.join(target)).map_err(|e| format!("{target}: {e}"))?;
        self.check(&MachO::parse(bytes).map_err(|e| format!("{target}: {e}"))?, self.tools.foreign)
            .map_err(|e| format!("{target}: {e}"))
    }

    /// A shell command in the case's folder, with what it may want to call in the environment.
    fn shell(&self, command: &str, inputs: &[String]) -> Command {
        let mut shell = Command::new("sh");
        shell.arg("-ec").arg(command).env("LD", self.dir.join("bin/linker")).env("SDK", &self.tools.sdk);
        shell.env("CC", self.tools.clang.as_deref().unwrap_or(Path::new("clang-19")));
        shell.env("TARGET", format!("--target=arm64-apple-macos13 -isysroot {}", self.tools.sdk.display()));
        shell.env("OUT", "out").env("IN", inputs.join(" ")).env("DIR", &self.dir);
        shell
    }

    /// The linker's arguments for a configuration, `$OUT`, `$IN` and `$SDK` filled in.
    fn arguments(&self, config: &Config, variant: Variant, inputs: &[String], foreign: bool) -> Result<Vec<String>> {
        let (sdk, dir) = (self.tools.sdk.to_string_lossy(), self.dir.to_string_lossy());
        let mut words = Vec::new();
        for word in split(&config.args) {
            match word.as_str() {
                "$IN" => words.extend_from_slice(inputs),
                _ => words.push(word.replace("$OUT", "out").replace("$DIR", &dir).replace("$SDK", &sdk)),
            }
        }
        let flag = variant.flag.map(str::to_string);
        let mut args = match config.key.as_str() {
            "link" => self.tools.prelude("out"),
            _ => vec!["-o".to_string(), "out".to_string()],
        };
        args.extend(words);
        if config.key != "cc-link" {
            args.extend(flag);
            if config.key == "link" {
                args.push("-lSystem".to_string());
            }
            return Ok(args);
        }
        args.extend(flag.map(|f| format!("-Wl,{f}")));
        let mut driver = self.tools.clang();
        if self.case.parts.iter().any(|p| p.name.ends_with(".cpp")) {
            driver.arg("--driver-mode=g++");
        }
        if foreign {
            // lld has only the newer spelling of the platform.
            driver.arg("-mlinker-version=820");
        }
        let noted = self.dir.join(".argv");
        process::must(driver.arg("--ld-path=bin/ld").args(args).env("SINEW_ARGV", &noted), &self.dir)?;
        let noted = fs::read(&noted).map_err(|e| e.to_string())?;
        let words = noted.split(|b| *b == 0).filter(|w| !w.is_empty());
        Ok(words.map(|w| String::from_utf8_lossy(w).into_owned()).collect())
    }

    fn config(&self, config: &Config, variant: Variant, inputs: &[String]) -> Result<()> {
        let said = |key: &str| config.expect.iter().any(|d| d.key == key);
        let args = self.arguments(config, variant, inputs, self.tools.foreign)?;
        self.note(config, variant, &args)?;
        if said("lld") && self.tools.foreign {
            return Ok(());
        }
        let ours = self.linked(config, variant, inputs, &args, false)?;
        if said("lld") || self.tools.lld.as_ref() == Some(&self.tools.linker) {
            return Ok(());
        }
        let args = self.arguments(config, variant, inputs, true)?;
        let theirs = self.linked(config, variant, inputs, &args, true).map_err(|e| format!("lld: {e}"))?;
        let (Some(ours), Some(theirs)) = (ours, theirs) else { return Ok(()) };
        // `compare: not symbols data because …`
        let except =
            config.expect.iter().filter(|d| d.key == "compare").flat_map(|d| split(&d.value)).collect::<Vec<_>>();
        let differences = compare::differences(&ours, &theirs, &except)?;
        if differences.is_empty() { Ok(()) } else { Err(format!("beside lld: {}", differences.join("\nbeside lld: "))) }
    }

    /// Links with the linker under test or with lld and checks what came out; gives the output.
    fn linked(
        &self,
        config: &Config,
        variant: Variant,
        inputs: &[String],
        args: &[String],
        peer: bool,
    ) -> Result<Option<MachO>> {
        let said = |key: &str| config.expect.iter().any(|d| d.key == key);
        let foreign = peer || self.tools.foreign;
        let out = self.dir.join("out");
        let _ = fs::remove_file(&out);
        let reports = reports(config);
        let contents = || -> Vec<Option<Vec<u8>>> { reports.iter().map(|f| fs::read(self.dir.join(f)).ok()).collect() };
        let mut parallel = None;
        if !foreign && !said("varies") {
            let ended = self.tools.link(peer, args, &self.dir, &["-j", "8"])?;
            parallel = Some((fs::read(&out).ok(), ended.stdout, ended.stderr, ended.code, contents()));
            let _ = fs::remove_file(&out);
        }
        let ended = self.tools.link(peer, args, &self.dir, &["-j", "1"])?;
        if said("error") {
            failed(&ended, &out, foreign)?;
        } else if ended.code != Some(0) {
            return Err(format!("{}\n{}", ended.how(), ended.stderr));
        } else if !foreign && !said("warning") && !ended.stderr.is_empty() {
            return Err(format!("unexpected on standard error:\n{}", ended.stderr));
        }
        let bytes = fs::read(&out).ok();
        if let Some((before, stdout, stderr, code, files)) = parallel {
            if before != bytes || files != contents() {
                return Err("-j 1 and -j 8 write different files".to_string());
            }
            if (&stdout, &stderr, code) != (&ended.stdout, &ended.stderr, ended.code) {
                return Err(format!("-j 8 says: {stderr}\n-j 1 says: {}", ended.stderr));
            }
        }
        let file = bytes.filter(|b| b.starts_with(&[0xcf, 0xfa, 0xed, 0xfe])).map(MachO::parse).transpose()?;
        if let Some(file) = file.as_ref().filter(|_| !said("no-check")) {
            self.check(file, foreign)?;
        }
        let outcome = Outcome { dir: &self.dir, stdout: &ended.stdout, stderr: &ended.stderr, file: file.as_ref() };
        let mut problems = Vec::new();
        for directive in &config.expect {
            if let Err(e) = self.expectation(directive, &outcome, variant, inputs, foreign) {
                problems.push(format!("line {}: {}: {}: {e}", directive.line, directive.key, directive.value));
            }
        }
        if problems.is_empty() { Ok(file) } else { Err(problems.join("\n")) }
    }

    fn check(&self, file: &MachO, foreign: bool) -> Result<()> {
        let mut problems = check::problems(file);
        problems.retain(|p| !foreign || !check::TOLERATED.iter().any(|t| p.starts_with(t)));
        if problems.is_empty() { Ok(()) } else { Err(format!("check: {}", problems.join("\ncheck: "))) }
    }

    /// Leaves a script that repeats the link by hand.
    fn note(&self, config: &Config, variant: Variant, args: &[String]) -> Result<()> {
        let quote = |a: &String| format!("'{}'", a.replace('\'', "'\\''"));
        let words: Vec<String> = args.iter().map(quote).collect();
        let flavor = if self.tools.foreign { "" } else { "-flavor darwin" };
        let (dir, linker) = (self.dir.display(), self.tools.linker.display());
        let text = format!("#!/bin/sh\ncd '{dir}' && exec ${{1:-'{linker}' {flavor}}} {}\n", words.join(" "));
        write(&self.dir.join(format!("again-{}{}.sh", config.name, variant.name)), &text, true)
    }

    fn expectation(
        &self,
        d: &Directive,
        outcome: &Outcome<'_>,
        variant: Variant,
        inputs: &[String],
        foreign: bool,
    ) -> Result<()> {
        // `section[classic]:` holds for that format only.
        let (key, only) = d.key.split_once('[').unwrap_or((&d.key, ""));
        if !only.is_empty() && only.trim_end_matches(']') != variant.name {
            return Ok(());
        }
        match key {
            // Another linker words its messages differently, prints other things and has other report files.
            "error" | "warning" | "prints" | "silent" | "file-has" | "file-lacks" if foreign => Ok(()),
            "run" => self.execute(&d.value),
            "sh" => process::must(&mut self.shell(&d.value, inputs), &self.dir).map(|_| ()),
            "disasm" => self.disassembly(&d.value),
            _ => expect::check(key, &d.value.replace("$DIR", &self.dir.to_string_lossy()), outcome),
        }
    }

    /// `_function contains TEXT`, `_function lacks TEXT`, in the words of llvm-objdump with single spaces.
    fn disassembly(&self, value: &str) -> Result<()> {
        let mut words = value.splitn(3, ' ');
        let (name, verb, text) = match (words.next(), words.next(), words.next()) {
            (Some(name), Some(verb), Some(text)) => (name, verb, text),
            _ => return Err("expected: _function contains TEXT".to_string()),
        };
        let mut objdump = Command::new("llvm-objdump-19");
        objdump.args([
            "-d",
            "--no-show-raw-insn",
            "--no-leading-addr",
            &format!("--disassemble-symbols={name}"),
            "out",
        ]);
        let printed = process::must(&mut objdump, &self.dir)?.stdout;
        let lines: Vec<String> =
            printed.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).skip(3).collect();
        let code = lines.join("\n");
        if lines.is_empty() {
            return Err(format!("no code of {name}"));
        }
        match (verb, code.contains(text)) {
            ("contains", true) | ("lacks", false) => Ok(()),
            ("contains" | "lacks", _) => Err(code),
            _ => Err(format!("unknown verb {verb}")),
        }
    }

    /// Runs the output; `value` says how, and what must come of it.
    fn execute(&self, value: &str) -> Result<()> {
        let qemu = self.tools.qemu.as_ref().ok_or("no qemu-aarch64")?;
        let mut command = Command::new(qemu);
        command.arg(loader()?).arg("--root").arg(self.tools.sdk.join("runtime")).arg("--root").arg(&self.dir);
        command.arg("./out");
        process::run_as_told(&mut command, value, &self.dir, LIMIT)
    }
}

/// The links that a configuration stands for: `fixups: both` unless the case or its options say otherwise.
fn variants(config: &Config) -> Result<Vec<Variant>> {
    let asked = config.expect.iter().rev().find(|d| d.key == "fixups").map(|d| d.value.as_str());
    let words = split(&config.args);
    let settled = ["-r", "-fixup_chains", "-no_fixup_chains"].iter().any(|f| words.iter().any(|w| w == f));
    let fails = config.expect.iter().any(|d| d.key == "error");
    Ok(match asked {
        Some("chained") => vec![VARIANTS[0]],
        Some("classic") => vec![VARIANTS[1]],
        Some("default") => vec![Variant { name: "", flag: None }],
        Some("both") => VARIANTS.to_vec(),
        Some(word) => return Err(format!("fixups: {word}")),
        None if settled || fails => vec![Variant { name: "", flag: None }],
        None => VARIANTS.to_vec(),
    })
}

fn is_source(part: &Part) -> bool {
    [".c", ".cpp", ".m", ".mm", ".s", ".ll"].iter().any(|end| part.name.ends_with(end))
}

/// Names of the report files that the configuration looks at.
fn reports(config: &Config) -> Vec<String> {
    let of_file = config.expect.iter().filter(|d| d.key.starts_with("file-"));
    of_file.filter_map(|d| d.value.split(' ').next()).map(str::to_string).collect()
}

/// A failed link ends with status 1, says something, and leaves no output.
fn failed(ended: &Ended, out: &Path, foreign: bool) -> Result<()> {
    let status = if foreign { ended.code != Some(0) } else { ended.code == Some(1) };
    if !status {
        return Err(format!("expected a failure, got {}\n{}", ended.how(), ended.stderr));
    }
    if ended.stderr.is_empty() {
        return Err("it fails without a word".to_string());
    }
    if out.exists() { Err("a failed link left an output".to_string()) } else { Ok(()) }
}

fn write(path: &Path, text: &str, executable: bool) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))?;
    if executable {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).map_err(|e| e.to_string())?;
    }
    Ok(())
}
