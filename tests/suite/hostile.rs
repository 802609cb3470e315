//! Whole links of damaged inputs, in process: a panic, a hang, memory out of proportion or a silent failure is a bug.
//!
//! A link in process costs a few hundred microseconds where a process costs milliseconds, so that tens of thousands of
//! variants fit into a test run. Each kind of input is one trial, whose links run in a child of the test program: only
//! a process can have its memory limited, and only a process can be ended when it hangs. The child notes the variant
//! that it is at, so that the parent can tell what it died of.
//!
//! `SINEW_HOSTILE=N` sets the variants a kind; `SINEW_SEED=N` repeats a single one and leaves its input in place.

#![allow(clippy::print_stdout, reason = "what a child prints is what its parent tells")]

use std::any::Any;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::panic;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use sinew::args::elf::{self as elf_args, Args};
use sinew::base::diag::{Diag, Style};
use sinew::base::par::Par;
use sinew::base::session::Session;
use sinew::base::time::Times;

use crate::dump::{Elf, Result};
use crate::link::{Linker, Tools, workplace};
use crate::mutate::Sound;

/// A kind of input: the trial's name, the file to damage, and the command lines, one for each variant in turn. Those
/// that begin with `!` do not link even when the file is sound: their messages look into it.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) victim: &'static str,
    pub(crate) links: &'static [&'static str],
}

/// What is particular to the kinds of one object format.
pub(crate) struct Format {
    pub(crate) kinds: &'static [Kind],
    /// What the sound inputs need; empty if it is all there.
    pub(crate) missing: fn() -> Vec<String>,
    /// The folder of sound inputs, built once.
    pub(crate) inputs: fn() -> Result<PathBuf>,
    /// Links the words of a line on so many threads, and gives what was said.
    pub(crate) link: fn(&str, usize) -> (bool, String),
    /// What is wrong with an output.
    pub(crate) structure: fn(Vec<u8>) -> Vec<String>,
}

const ELF: Format = Format { kinds: KINDS, missing, inputs, link, structure };

/// Of every format: what it is, and its kinds.
const FORMATS: [&Format; 2] = [&ELF, &crate::macho::HOSTILE];

const KINDS: &[Kind] = &[
    Kind {
        name: "object",
        victim: "c.o",
        links: &[
            "c.o -e go",
            "-shared c.o --gc-sections --eh-frame-hdr --build-id",
            "-pie c.o -e go --gc-sections --icf=none -z now --hash-style=both --emit-relocs",
            "c.o -e go -static --strip-debug --discard-all -Map=map --cref --print-gc-sections",
            "-pie c.o -e go -z pack-relative-relocs --sort-section=alignment",
        ],
    },
    Kind {
        name: "exceptions and COMDAT",
        victim: "cc.o",
        links: &[
            "-shared cc.o --eh-frame-hdr --gc-sections",
            "-pie cc.o cc2.o -e go --eh-frame-hdr --unresolved-symbols=ignore-all",
            "cc2.o cc.o -e go --unresolved-symbols=ignore-all --eh-frame-hdr -O2",
        ],
    },
    Kind {
        name: "debug",
        victim: "debug.o",
        links: &[
            "debug.o -e go --gc-sections --gdb-index",
            "-shared debug.o --compress-debug-sections=zlib",
            "debug.o -e go -S",
            "debug.o -e go --emit-relocs --gdb-index --compress-debug-sections=zlib",
        ],
    },
    Kind { name: "source lines", victim: "lost.o", links: &["!lost.o cc.o -e go", "!lost5.o lost.o -z muldefs -e go"] },
    Kind {
        name: "demangled names",
        victim: "names.o",
        links: &["!names.o -e go", "names.o -shared --version-script=x.map"],
    },
    Kind {
        name: "compressed debug",
        victim: "packed.o",
        links: &["packed.o -e go", "-shared packed.o --compress-debug-sections=none --gc-sections"],
    },
    Kind {
        name: "thread-local",
        victim: "tls.o",
        links: &["tls.o -e go", "-shared tls.o", "-pie tls.o -e go", "tls.o -e go --no-relax"],
    },
    Kind {
        name: "assembly",
        victim: "asm.o",
        links: &[
            "asm.o -e begin --gc-sections",
            "-shared asm.o -z ibt --version-script=good.map",
            "-pie asm.o c2.o -e begin --start-lib c.o --end-lib",
            "asm.o -e begin --defsym=made=begin+4 --wrap=outside --undefined=keep -O2",
        ],
    },
    Kind {
        name: "merged",
        victim: "merge.o",
        links: &["merge.o -e go -O2", "-shared merge.o merge2.o", "merge.o -e go -O0"],
    },
    Kind {
        name: "indirect functions",
        victim: "ifunc.o",
        links: &["ifunc.o -e go", "-shared ifunc.o", "-pie ifunc.o -e go -z ibtplt"],
    },
    Kind { name: "clang object", victim: "clang.o", links: &["clang.o -e go", "-shared clang.o --gc-sections"] },
    Kind {
        name: "archive",
        victim: "x.a",
        links: &[
            "c2.o x.a -e main",
            "--whole-archive x.a -shared -z muldefs --version-script=good.map",
            "x.a -u go -e go",
        ],
    },
    Kind {
        name: "BSD archive",
        victim: "bsd.a",
        links: &["c2.o bsd.a -e main", "--whole-archive bsd.a -e go -z muldefs"],
    },
    Kind {
        name: "thin archive",
        victim: "thin.a",
        links: &["c2.o thin.a -e main", "--whole-archive thin.a -e go -z muldefs"],
    },
    Kind {
        name: "library",
        victim: "lib.so",
        links: &[
            "-pie c2.o lib.so -e main --allow-shlib-undefined",
            "c2.o lib.so -e main --no-allow-shlib-undefined",
            "-shared asm.o lib.so --as-needed lib.so --version-script=good.map",
        ],
    },
    Kind { name: "script", victim: "x.ld", links: &["c.o x.ld -e go", "-T x.ld c.o asm.o -pie"] },
    Kind {
        name: "version script",
        victim: "x.map",
        links: &[
            "-shared c.o cc.o --version-script=x.map -z muldefs",
            "-pie c.o -e go --version-script=x.map --export-dynamic",
            "-shared asm.o lib.so --version-script=x.map",
            "c.o --retain-symbols-file=x.map -e go",
        ],
    },
    // Only read: a damaged command line may name any output.
    Kind { name: "response file", victim: "x.rsp", links: &[] },
];

/// What a variant may take. A link of these inputs takes milliseconds, and some megabytes.
const LIMIT: Duration = Duration::from_secs(10);
const MEMORY_LIMIT: u64 = 1 << 30;
const OUTPUT_LIMIT: u64 = 64 << 20;

/// In a plain run; CI asks for more.
const VARIANTS: u64 = 1500;

const CHILD: &str = "SINEW_HOSTILE_CHILD";

/// One trial a kind.
pub(crate) fn trials(linker: &Arc<Linker>) -> Vec<Trial> {
    if linker.foreign {
        return Vec::new();
    }
    let mut trials = Vec::new();
    for format in FORMATS {
        let missing = (format.missing)();
        trials.extend(format.kinds.iter().map(|kind| {
            let name = format!("hostile/{}", kind.name.replace(' ', "-"));
            crate::trial(name, missing.clone(), move || parent(kind, format))
        }));
    }
    trials
}

fn missing() -> Vec<String> {
    Tools::find("gcc").is_none().then(|| "gcc".to_string()).into_iter().collect()
}

fn inputs() -> Result<PathBuf> {
    static INPUTS: OnceLock<Result<PathBuf>> = OnceLock::new();
    INPUTS.get_or_init(build).clone()
}

fn variants() -> u64 {
    std::env::var("SINEW_HOSTILE").ok().and_then(|n| n.parse().ok()).unwrap_or(VARIANTS)
}

/// Runs the child and watches it.
fn parent(kind: &Kind, format: &Format) -> Result<()> {
    let err = |e: std::io::Error| e.to_string();
    let inputs = (format.inputs)()?;
    // Not every file can be made on every machine.
    if !inputs.join(kind.victim).is_file() {
        return Ok(());
    }
    let dir = workplace(&format!("hostile_{}", kind.name.replace(' ', "_")))?;
    for entry in fs::read_dir(inputs).map_err(err)? {
        let entry = entry.map_err(err)?;
        fs::copy(entry.path(), dir.join(entry.file_name())).map_err(err)?;
    }
    fs::copy(dir.join(kind.victim), dir.join("sound")).map_err(err)?;
    let mut child = Command::new(std::env::current_exe().map_err(err)?)
        .current_dir(&dir)
        .env(CHILD, kind.name)
        .stdin(Stdio::null())
        .stdout(File::create(dir.join("report")).map_err(err)?)
        .stderr(File::create(dir.join("stderr")).map_err(err)?)
        .spawn()
        .map_err(err)?;
    let at = || fs::read(dir.join("at")).ok().and_then(|b| Some(u64::from_le_bytes(b.try_into().ok()?)));
    let (mut last, mut since) = (None, Instant::now());
    let status = loop {
        if let Some(status) = child.try_wait().map_err(err)? {
            break status;
        }
        let now = at();
        if now != last {
            (last, since) = (now, Instant::now());
        }
        if since.elapsed() > LIMIT {
            child.kill().map_err(err)?;
            child.wait().map_err(err)?;
            return Err(format!("variant {last:?} did not end within {LIMIT:?} ({})", dir.display()));
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let report = fs::read_to_string(dir.join("report")).unwrap_or_default();
    if status.success() && std::env::var_os("SINEW_SEED").is_none() {
        if std::env::var_os("SINEW_HOSTILE_SAY").is_some() {
            println!("== {}\n{report}", kind.name);
        }
        return fs::remove_dir_all(&dir).map_err(err);
    }
    let said = fs::read_to_string(dir.join("stderr")).unwrap_or_default();
    let said: String = said.chars().take(2000).collect();
    Err(format!("{status} at variant {:?} ({})\n{report}{said}", at(), dir.display()))
}

/// What the child found out about one variant.
#[derive(Default)]
struct Found {
    /// By what is wrong: how often, and the first seed.
    bugs: BTreeMap<String, (u64, u64)>,
    /// What the linker said, numbers left out: how often, and an example.
    said: BTreeMap<String, (u64, String)>,
    linked: u64,
}

/// Where the latest panic was.
static PANICKED: Mutex<Option<String>> = Mutex::new(None);

/// Whether this process is a child of [`parent`], and then what it exits with.
pub(crate) fn child() -> Option<ExitCode> {
    let name = std::env::var(CHILD).ok()?;
    let mut all = FORMATS.iter().flat_map(|format| format.kinds.iter().map(move |kind| (kind, format)));
    let (kind, format) = all.find(|(kind, _)| kind.name == name)?;
    use nix::sys::resource::{Resource, setrlimit};
    let limits = [
        (Resource::RLIMIT_AS, MEMORY_LIMIT),
        // A damaged size may ask for an output of terabytes; that the system says no is part of the test.
        (Resource::RLIMIT_FSIZE, OUTPUT_LIMIT),
        (Resource::RLIMIT_CORE, 0),
    ];
    limits.iter().for_each(|(resource, limit)| setrlimit(*resource, *limit, *limit).expect("limits can be lowered"));
    sinew_mmap::fault::install();
    panic::set_hook(Box::new(|info| {
        let text = |payload: &dyn Any| {
            let text = payload.downcast_ref::<&str>().map(|s| s.to_string());
            text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default()
        };
        let place = info.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        let mut panicked = PANICKED.lock().unwrap_or_else(PoisonError::into_inner);
        panicked.get_or_insert(format!("panic at {place}: {}", text(info.payload())));
    }));
    let sound = Sound::new(fs::read("sound").expect("the parent put it there"));
    for line in kind.links {
        let (linked, said) = (format.link)(line.trim_start_matches('!'), 1);
        if linked == line.starts_with('!') {
            println!("the sound input links otherwise than it should: {line}\n{said}");
            return Some(ExitCode::FAILURE);
        }
    }
    let at = File::create("at").expect("the folder is ours");
    let mut found = Found::default();
    let single: Option<u64> = std::env::var("SINEW_SEED").ok().and_then(|n| n.parse().ok());
    let count = variants();
    let seeds = single.map_or(0..count, |seed| seed..seed + 1);
    let started = Instant::now();
    for seed in seeds.clone() {
        at.write_all_at(&seed.to_le_bytes(), 0).expect("the folder is ours");
        // The first quarter are cuts, spread over all lengths.
        let quarter = (count / 4).min(sound.len() as u64);
        let bytes = if seed < quarter && single.is_none_or(|_| seed < quarter) {
            sound.cut((seed * sound.len() as u64 / quarter.max(1)) as usize)
        } else {
            sound.mutate(seed)
        };
        fs::write(kind.victim, &bytes).expect("the folder is ours");
        variant(kind, format, seed, &mut found);
    }
    let took = started.elapsed();
    println!(
        "{} variants, {} of them linked, {:.2} ms each",
        seeds.end - seeds.start,
        found.linked,
        took.as_secs_f64() * 1e3 / (seeds.end - seeds.start) as f64
    );
    for (what, (times, seed)) in &found.bugs {
        println!("BUG seed {seed} ({times} times): {what}");
    }
    if std::env::var_os("SINEW_HOSTILE_SAY").is_some() {
        for (times, example) in found.said.values() {
            println!("{times:6} {example}");
        }
    }
    Some(if found.bugs.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn variant(kind: &Kind, format: &Format, seed: u64, found: &mut Found) {
    let mut bug = |what: String| found.bugs.entry(what).or_insert((0, seed)).0 += 1;
    if kind.links.is_empty() {
        let read = panic::catch_unwind(|| _ = elf_args::parse(vec![format!("@{}", kind.victim).into()]));
        if read.is_err() {
            bug(PANICKED.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default());
        }
        return;
    }
    let line = kind.links[(seed % kind.links.len() as u64) as usize].trim_start_matches('!');
    // The same link on several threads must say and write the same.
    let threads: &[usize] = if seed % 16 == 5 { &[1, 3] } else { &[1] };
    let mut first: Option<(bool, String, Option<Vec<u8>>)> = None;
    for threads in threads {
        let _ = fs::remove_file("out");
        *PANICKED.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let linked = panic::catch_unwind(|| (format.link)(line, *threads));
        let panicked = PANICKED.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (ok, text) = match linked {
            Ok(result) => result,
            Err(_) => {
                bug(panicked.unwrap_or_else(|| "a panic without a place".to_string()));
                return;
            }
        };
        let out = fs::read("out").ok();
        match (ok, &out) {
            (true, None) => bug("it says that it linked, and there is no output".to_string()),
            (false, Some(_)) => bug("a failed link left an output".to_string()),
            (false, None) if !text.contains("error: ") => bug("it fails without a word".to_string()),
            _ => {}
        }
        if let Some(before) = &first {
            if before.0 != ok || before.1 != text {
                bug(format!("-j 1 says: {}-j 3 says: {text}", before.1));
            } else if before.2 != out {
                bug("-j 1 and -j 3 write different files".to_string());
            }
            continue;
        }
        if !ok {
            for line in text.lines().take(3) {
                let plain: String = line.chars().map(|c| if c.is_ascii_hexdigit() { '0' } else { c }).collect();
                let squeezed = plain.split('0').filter(|p| !p.is_empty()).collect::<Vec<_>>().join("0");
                found.said.entry(squeezed).or_insert_with(|| (0, format!("[{seed}] {line}"))).0 += 1;
            }
        } else {
            found.linked += 1;
        }
        if let Some(bytes) = out.as_ref().filter(|_| ok) {
            for problem in (format.structure)(bytes.clone()) {
                bug(problem);
            }
        }
        first = Some((ok, text, out));
    }
    let left =
        fs::read_dir(".").into_iter().flatten().flatten().find(|e| e.file_name().to_string_lossy().ends_with(".tmp"));
    if let Some(left) = left {
        bug("a temporary file is left".to_string());
        let _ = fs::remove_file(left.path());
    }
}

/// What must hold of an output whatever the input was: the tables of the file can be read.
fn structure(bytes: Vec<u8>) -> Vec<String> {
    match Elf::parse(bytes) {
        Ok(_) => Vec::new(),
        Err(e) => vec![format!("the output cannot be read: {e}")],
    }
}

/// Links `line`, and gives what was said.
fn link(line: &str, threads: usize) -> (bool, String) {
    let words = ["-o", "out"].into_iter().chain(line.split(' ')).map(OsString::from).collect();
    let args = match elf_args::parse(words) {
        Ok(parsed) => match parsed.command {
            elf_args::Command::Link(args) => args,
            _ => return (false, "error: not a link".to_string()),
        },
        Err(errors) => return (false, format!("error: {}\n", errors.join("\n"))),
    };
    let cx = session(&args, threads);
    let host = sinew::elf::Host { opened: &mut |_| {}, done: &mut |rest| drop(rest) };
    let linked = sinew::elf::link(&args, &cx, host);
    let said = cx.diag.checkpoint();
    (linked.is_ok() && said.is_ok(), cx.diag.kept())
}

fn session(args: &Args, threads: usize) -> Session {
    let style = Style { no_inhibit_exec: args.no_inhibit_exec, error_limit: args.error_limit, ..Style::default() };
    let inline_below = if threads > 1 { 0 } else { u64::MAX };
    Session { par: Par::new(threads, inline_below), diag: Diag::keeping(style), time: Times::new(false) }
}

const C: &str = r#"
extern int outside(void) __attribute__((weak));
static const char text[] = "hello";
const char *pointer = text;
static int (*table[])(void) = { outside, 0 };
__attribute__((section("custom"))) int own = 1;
__attribute__((constructor)) static void start(void) { own++; }
int common_one __attribute__((common));
__attribute__((noinline)) int lazy(int x) { return x + own + common_one; }
int go(void) { return table[0] ? table[0]() : lazy(pointer[0]); }
"#;

const CC: &str = r#"
struct Base { virtual ~Base() {} virtual int f() { return 1; } };
struct Derived : Base { int f() override { throw 4; } };
template <class T> T twice(T x) { static T last; T old = last; last = x; return old + x; }
inline int shared() { static Derived d; return d.f(); }
extern "C" int go() { try { return shared() + twice(3); } catch (int x) { return x; } }
"#;

const LOST: &str = "extern int missing(void), lost(int);\nint go(void)\n{\n  return missing() + lost(3);\n}\n";

const NAMES: &str = r#"
        .globl go
go:     call _ZN4core3fmt9Formatter9write_str17h0123456789abcdefE
        call _ZNSt6vectorIiSaIiEE9push_backERKiT_S_S0_
        call _ZZN1AIXsr1BIT_EE1cEEvvENKUlvE_clEv
        call _RNvMsr_NtCs3ssYzQotkvD_3std4pathNtB5_7PathBuf3newCs15kBYyAo9fc_7mycrate
        call _RINvNtC3std3mem8align_ofNtNtC3std3mem12DiscriminantE
        jmp _Z3fooILi5EXadL_Z1xEEEvDpT_
"#;

const TLS: &str = r#"
__thread int counter = 3;
static __thread long zero[4];
extern __thread int *elsewhere __attribute__((weak));
__thread int hidden __attribute__((visibility("hidden"))) = 4;
int go(void) { return counter++ + hidden + (int)zero[1] + (&elsewhere ? 1 : 0); }
"#;

const MERGE: &str = r#"
const char *words(int i) { static const char *w[] = { "alpha", "beta", "a longer word", "longer word", "word" }; return w[i]; }
double number(void) { return 3.25; }
const int *wide(void) { return (const int *)L"wide characters"; }
int go(void) { return words(2)[0] + (int)number() + wide()[1]; }
"#;

const IFUNC: &str = r#"
static int one(void) { return 1; }
static int (*resolve(void))(void) { return one; }
int chosen(void) __attribute__((ifunc("resolve")));
static int quiet(void) __attribute__((ifunc("resolve")));
int (*pointer)(void) = chosen;
int go(void) { return chosen() + quiet() + pointer(); }
"#;

const ASM: &str = r#"
        .section .text.a,"axG",@progbits,a,comdat
        .globl a
        .type a,@function
a:      .cfi_startproc
        .cfi_def_cfa_offset 16
        call outside@PLT
        movq outside@GOTPCREL(%rip), %rax
        movq kept@GOTPCREL(%rip), %rax
        leaq string+2(%rip), %rdi
        .cfi_endproc
        ret
        .text
        .globl begin, outside
        .weak outside
        .type begin,@function
begin:     call a
        call kept
        leaq string(%rip), %rax
        .size begin, .-begin
        .symver old, versioned@V1
        .globl old
old:    ret
        .section .rodata.str1.1,"aMS",@progbits,1
        .string "first"
string: .string "second"
        .section .rodata.cst8,"aM",@progbits,8
        .quad 1, 2, 1
        .section .data.kept,"awR",@progbits
        .globl kept
        .hidden kept
kept:   .quad begin, outside, string + 1, kept - .
        .long string - .
        .word 5
        .section set,"aw",@progbits
        .quad __start_set, __stop_set
        .section .linked,"awo",@progbits,.text.a
        .quad a
        .section .init_array.7,"aw",@init_array
        .quad begin
        .section .ctors,"aw",@progbits
        .quad begin, a
        .section .tdata,"awT",@progbits
        .globl thread
thread: .quad 7
        .section .gnu.warning.outside,"",@progbits
        .string "outside is not to be used"
        .section .note.own,"a",@note
        .long 4, 4, 1
        .string "own"
        .long 5
        .section .note.gnu.property,"a",@note
        .p2align 3
        .long 4, 16, 5
        .string "GNU"
        .long 0xc0000002, 4, 3, 0
        .comm block, 64, 32
        .lcomm small, 8
        .section .zeros,"aw",@nobits
        .zero 100
        .section .note.GNU-stack,"",@progbits
"#;

const SCRIPT: &str = r#"/* text */
OUTPUT_FORMAT(elf64-x86-64)
SEARCH_DIR(".")
EXTERN(go outside)
ENTRY(go)
GROUP(c2.o AS_NEEDED(lib.so "lib.so"))
one = 5 + (3 << 2) * ~1;
two = DEFINED(go) ? go + SIZEOF(.text) : ADDR(.data) / 2;
PROVIDE(three = ALIGN(one, 4096) - MAX(1, 2) % 3);
PROVIDE_HIDDEN(four = three - .);
ASSERT(1, "never")
VERSION { V { go; local: x*; }; }
"#;

const MAP: &str = r#"V1 { global: g*; "l[a-z]zy"; extern "C++" { "twice<int>(int)"; Base::*; }; local: *; };
V2 { old; [a-c]?; } V1;
"#;

fn build() -> Result<PathBuf> {
    let dir = workplace("hostile_inputs")?;
    let tools = Tools::find("gcc").ok_or("no gcc")?;
    let put = |name: &str, text: &[u8]| fs::write(dir.join(name), text).map_err(|e| e.to_string());
    let sources = [
        ("c.c", C, "-fPIC -ffunction-sections"),
        ("c2.c", "extern int lazy(int), own; int main(void) { return lazy(1) + own; }", "-fPIC"),
        ("cc.cc", CC, "-fPIC -ffunction-sections"),
        ("cc2.cc", CC, "-fPIC -O2 -DTWO -Dgo=other"),
        ("debug.c", C, "-fPIC -g -ffunction-sections -ggnu-pubnames"),
        ("lost.c", LOST, "-g -gdwarf-4"),
        ("lost5.c", LOST, "-g -gdwarf-5"),
        ("names.s", NAMES, ""),
        ("packed.c", C, "-fPIC -g -gz=zlib"),
        ("tls.c", TLS, "-fPIC"),
        ("merge.c", MERGE, "-fPIC"),
        ("merge2.c", MERGE, "-fPIC -Dgo=other -Dwords=others -Dnumber=numbers -Dwide=wider"),
        ("ifunc.c", IFUNC, "-fPIC"),
        ("asm.s", ASM, ""),
    ];
    for (name, text, flags) in sources {
        put(name, text.as_bytes())?;
        tools.compile(name, flags, &dir)?;
        fs::remove_file(dir.join(name)).map_err(|e| e.to_string())?;
    }
    put("clang.c", C.as_bytes())?;
    if let Some(clang) = Tools::find("clang") {
        clang.compile("clang.c", "-g1 -fPIC -faddrsig -ffunction-sections", &dir)?;
    }
    put("x.ld", SCRIPT.as_bytes())?;
    put("x.map", MAP.as_bytes())?;
    put("good.map", b"V1 { go; }; V2 { a*; } V1;")?;
    put("lib.map", b"V1 { go; lazy; own; }; V2 { a*; } V1;")?;
    put("x.rsp", b"c.o \"c2.o\" --defsym=x=5 -e 'go' --version-script=good.map @y.rsp -z now -L. --wrap=own")?;
    put("y.rsp", b"--section-start=.data=0x700000 -Ttext=0x600000")?;
    let must = |program: &str, args: &[&str]| crate::process::must(Command::new(program).args(args), &dir).map(|_| ());
    must("ar", &["rcsD", "x.a", "c.o", "tls.o", "asm.o"])?;
    fs::copy(dir.join("c.o"), dir.join("a name that is too long for its field.o")).map_err(|e| e.to_string())?;
    must("ar", &["rcsDT", "thin.a", "a name that is too long for its field.o", "tls.o"])?;
    let bsd = [("c.o", "c.o"), ("a name that is too long for its field.o", "c.o"), ("tls.o", "tls.o")];
    put("bsd.a", &bsd_archive(&dir, &bsd)?)?;
    must("ld.bfd", &["-shared", "-o", "lib.so", "c.o", "asm.o", "--version-script=lib.map", "-soname", "lib.so.1"])?;
    Ok(dir)
}

/// An archive as BSD and macOS write it: long names stand before the member's data.
fn bsd_archive(dir: &Path, members: &[(&str, &str)]) -> Result<Vec<u8>> {
    let mut archive = b"!<arch>\n".to_vec();
    for (name, file) in members {
        let data = fs::read(dir.join(file)).map_err(|e| e.to_string())?;
        let long = name.len().next_multiple_of(8);
        let (field, size) =
            if name.len() > 15 { (format!("#1/{long}"), data.len() + long) } else { (name.to_string(), data.len()) };
        archive.extend(format!("{field:<16}{:<12}{:<6}{:<6}{:<8}{size:<10}`\n", 0, 0, 0, 644).bytes());
        if name.len() > 15 {
            archive.extend(name.bytes().chain(std::iter::repeat_n(0, long - name.len())));
        }
        archive.extend(&data);
        archive.resize(archive.len().next_multiple_of(2), b'\n');
    }
    Ok(archive)
}
