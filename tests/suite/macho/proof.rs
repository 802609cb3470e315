//! Proves that the Mach-O half can fail: expectations that must not hold of a known program, broken copies of it that
//! the checker must notice, and another program that the comparison must tell from it. lld makes them, so this needs
//! nothing of the linker under test.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use libtest_mimic::Trial;

use super::dump::MachO;
use super::expect::{self, Outcome};
use super::run::Tools;
use super::{check, compare};
use crate::dump::Result;
use crate::link::workplace;
use crate::process;

const SOURCE: &str = r#"
extern int puts(const char *);
static int value = 3;
int *pointer = &value;
__thread int counter = 1;
__attribute__((weak)) int weak(void) { return NUMBER; }
__attribute__((noinline)) static int local(int x) { return x + *pointer; }
int main(int argc, char **argv) { return puts("known") + counter + weak() + local(argc); }
"#;

/// Pairs of an expectation that holds of the known program and one that does not.
const EXPECTATIONS: &[(&str, &str, &str)] = &[
    ("filetype", "MH_EXECUTE", "MH_DYLIB"),
    ("flag", "MH_PIE MH_WEAK_DEFINES", "MH_FORCE_FLAT"),
    ("no-flag", "MH_FORCE_FLAT", "MH_PIE"),
    ("symbol", "_main external section=__TEXT,__text", "_main local"),
    ("symbol", "_puts undefined from=libSystem", "_puts from=libother"),
    ("symbol", "_weak weak-def", "_main weak-def"),
    ("symbol", "_local count=1", "_local count=2"),
    ("absent", "_nothing", "_local"),
    ("export", "_weak weak value=_weak", "_weak strong"),
    ("export", "_counter thread-local", "_counter regular"),
    ("no-export", "_local", "_main"),
    ("import", "_puts from libSystem strong", "_puts from libother"),
    ("import", "__tlv_bootstrap count=1", "__tlv_bootstrap count=2"),
    ("no-import", "_main", "_puts"),
    ("section", "__DATA,__thread_vars type=S_THREAD_LOCAL_VARIABLES size=24", "__DATA,__thread_vars size=48"),
    ("no-section", "__DATA,none", "__DATA,__data"),
    ("segment", "__TEXT prot=r-x holds=__TEXT,__text", "__TEXT prot=rwx"),
    ("no-segment", "__OWN", "__DATA"),
    ("command", "LC_MAIN entry=_main", "LC_MAIN entry=_weak"),
    ("command", "LC_LOAD_DYLIB count=1", "LC_LOAD_DYLIB count=2"),
    ("no-command", "LC_RPATH", "LC_UUID"),
    ("fixup", "rebase at=_pointer to=_value", "rebase at=_pointer to=_main"),
    ("fixup", "bind sym=_puts count=1", "bind sym=_main"),
    ("no-fixup", "bind sym=_main", "bind sym=_puts"),
    ("unwind", "_main mode=frame no-lsda", "_main mode=dwarf"),
    ("contains", "__TEXT,__cstring \"known\\0\" count=1", "__TEXT,__cstring \"known\\0\" count=2"),
    ("lacks", "__TEXT,__cstring \"unknown\"", "__TEXT,__cstring \"known\""),
    ("check", "u32(_value) == 3", "u32(_value) == 4"),
    ("check", "target(_pointer) == _value", "target(_pointer) == _main"),
    ("order", "__TEXT,__text __DATA,__data", "__DATA,__data __TEXT,__text"),
    ("function-starts", "_main _weak count=3", "_main count=4"),
    ("error", "oops", "fine"),
    ("prints", "said", "unsaid"),
];

/// Four trials.
pub(crate) fn trials(tools: &Arc<Tools>) -> Vec<Trial> {
    let trial = |name: &str, run: fn(&Tools) -> Result<()>| {
        let tools = Arc::clone(tools);
        crate::trial(format!("macho/proof/{name}"), tools.missing(), move || run(&tools))
    };
    vec![
        trial("expectations can fail", expectations),
        trial("the checker notices damage", damage),
        trial("the checker notices damage of objects", objects),
        trial("the comparison notices changes", changes),
    ]
}

/// The known program in one fixup format; `number` is a constant in its code.
fn known(tools: &Tools, folder: &str, flag: &str, number: u32) -> Result<MachO> {
    let dir = workplace(folder)?;
    fs::write(dir.join("x.c"), SOURCE).map_err(|e| e.to_string())?;
    let define = format!("-DNUMBER={number}");
    process::must(tools.clang().args(["-O1", "-c", "x.c", "-o", "x.o", &define]), &dir)?;
    let mut args = tools.prelude("out");
    args.extend(["x.o", "-lSystem", flag].map(String::from));
    process::must(Command::new("ld64.lld-19").args(args), &dir)?;
    let file = MachO::parse(fs::read(dir.join("out")).map_err(|e| e.to_string())?)?;
    fs::remove_dir_all(&dir).map_err(|e| e.to_string())?;
    Ok(file)
}

fn outcome(problems: Vec<String>) -> Result<()> {
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

fn expectations(tools: &Tools) -> Result<()> {
    let mut problems = Vec::new();
    for flag in ["-fixup_chains", "-no_fixup_chains"] {
        let file = known(tools, "macho_proof_expectations", flag, 5)?;
        let left = Outcome { dir: Path::new("."), stdout: "what was said", stderr: "oops", file: Some(&file) };
        for (key, good, bad) in EXPECTATIONS {
            problems.extend(expect::check(key, good, &left).err().map(|e| format!("{flag}: {key}: {good}: {e}")));
            let held = expect::check(key, bad, &left).is_ok();
            problems.extend(held.then(|| format!("{flag}: {key}: {bad}: this should not hold")));
        }
    }
    outcome(problems)
}

/// A way to break the file, told where things are.
type Change<'a> = &'a dyn Fn(&MachO, &mut [u8]);

fn damage(tools: &Tools) -> Result<()> {
    let blob = |file: &MachO, name: &str| file.blobs.get(name).map_or(0, |b| b.0) as usize;
    let offset = |file: &MachO, name: &str| file.section(name).map_or(0, |s| s.offset) as usize;
    let command = |file: &MachO, name: &str| file.command(name).map_or(0, |c| c.at) as usize;
    let main = |file: &MachO| file.symbols.iter().position(|s| s.name == "_main").unwrap_or(0);
    let pointer = |file: &MachO| {
        let symbol = file.symbols.iter().find(|s| s.name == "_pointer").map_or(0, |s| s.value);
        file.section_at(symbol).map_or(0, |s| s.offset + symbol - s.addr) as usize
    };
    let both: &[(&str, Change<'_>)] = &[
        ("have another hash", &|file, b| b[offset(file, "__TEXT,__text")] ^= 1),
        ("flags", &|file, b| b[blob(file, "signature") + 24 + 12 + 3] ^= 2),
        ("MH_PIE", &|_, b| b[26] ^= 0x20),
        ("MH_WEAK_DEFINES", &|_, b| b[25] ^= 0x80),
        ("MH_HAS_TLV_DESCRIPTORS", &|_, b| b[26] ^= 0x80),
        ("the entry", &|file, b| b[command(file, "LC_MAIN") + 8 + 1] ^= 0x80),
        ("LC_DYSYMTAB", &|file, b| b[command(file, "LC_DYSYMTAB") + 12] ^= 1),
        ("is in the wrong part", &|file, b| b[blob(file, "symbols") + 4] ^= 1),
        ("LC_UUID is zero", &|file, b| b[command(file, "LC_UUID") + 8..][..16].fill(0)),
        ("jumps to", &|file, b| b[offset(file, "__TEXT,__stubs") + 5] ^= 0x20),
        ("is exported as", &|file, b| b[blob(file, "symbols") + 16 * main(file) + 8] ^= 4),
        ("are not aligned", &|file, b| b[command(file, "LC_SYMTAB") + 16] ^= 2),
        ("its protection", &|_, b| b[32 + 72 + 60] ^= 2),
        ("__unwind_info", &|file, b| b[offset(file, "__TEXT,__unwind_info")] ^= 2),
    ];
    let chained: &[(&str, Change<'_>)] = &[
        ("reserved bits", &|file, b| b[offset(file, "__DATA_CONST,__got") + 5] ^= 1),
        ("chain", &|file, b| b[blob(file, "chained fixups")] ^= 1),
        ("is in no section", &|file, b| b[offset(file, "__DATA_CONST,__got") + 7] |= 0x7f),
    ];
    let classic: &[(&str, Change<'_>)] = &[
        ("opcodes", &|file, b| b[blob(file, "bind")] = 0xf0),
        ("lazy bind opcodes", &|file, b| b[blob(file, "lazy bind")] = 0),
        ("leaves the image", &|file, b| b[pointer(file) + 4] = 0x44),
    ];
    let mut problems = Vec::new();
    for (flag, own) in [("-fixup_chains", chained), ("-no_fixup_chains", classic)] {
        let sound = known(tools, "macho_proof_damage", flag, 5)?;
        for (wanted, change) in both.iter().chain(own) {
            let mut bytes = sound.bytes.clone();
            change(&sound, &mut bytes);
            let found = match MachO::parse(bytes) {
                Ok(file) => check::problems(&file),
                Err(e) => vec![e],
            };
            if !found.iter().any(|f| f.contains(wanted)) {
                problems.push(format!("{flag}: {wanted}: {found:?}"));
            }
        }
    }
    outcome(problems)
}

/// An object's relocations, each made wrong in one way.
fn objects(tools: &Tools) -> Result<()> {
    let dir = workplace("macho_proof_objects")?;
    let source = format!("{SOURCE}__asm__(\".data\\n.quad _pointer - _main\\n\");");
    fs::write(dir.join("x.c"), source).map_err(|e| e.to_string())?;
    process::must(tools.clang().args(["-O1", "-DNUMBER=5", "-c", "x.c", "-o", "x.o"]), &dir)?;
    let sound = MachO::parse(fs::read(dir.join("x.o")).map_err(|e| e.to_string())?)?;
    fs::remove_dir_all(&dir).map_err(|e| e.to_string())?;
    let first = |name: &str| sound.section(name).map_or(0, |s| s.relocations.0) as usize;
    let (text, unwind) = (first("__TEXT,__text"), first("__LD,__compact_unwind"));
    let data = first("__DATA,__data");
    let subtracted = (data..).step_by(8).take(8).find(|at| sound.bytes[at + 7] >> 4 == 1);
    let subtracted = subtracted.ok_or("no SUBTRACTOR in __data")?;
    let address = sound.section("__LD,__compact_unwind").map_or(0, |s| s.offset) as usize;
    let changes: &[(&str, Change<'_>)] = &[
        ("outside of the section", &|_, b| b[text + 2] = 1),
        ("behind the one before", &|_, b| b.copy_within(text..text + 8, text + 16)),
        ("no symbol", &|_, b| b[text + 6] = 0xff),
        ("no section", &|_, b| b[unwind + 4] = 200),
        ("is not in", &|_, b| b[address + 2] = 1),
        ("nothing to subtract from", &|_, b| b[subtracted + 15] |= 0x20),
        ("relative to its place or not", &|_, b| b[text + 7] ^= 1),
    ];
    let mut problems = check::problems(&sound);
    for (wanted, change) in changes {
        let mut bytes = sound.bytes.clone();
        change(&sound, &mut bytes);
        let found = MachO::parse(bytes).map_or_else(|e| vec![e], |file| check::problems(&file));
        if !found.iter().any(|f| f.contains(wanted)) {
            problems.push(format!("{wanted}: {found:?}"));
        }
    }
    outcome(problems)
}

fn changes(tools: &Tools) -> Result<()> {
    let one = known(tools, "macho_proof_changes", "-fixup_chains", 5)?;
    let classic = known(tools, "macho_proof_changes", "-no_fixup_chains", 5)?;
    let other = known(tools, "macho_proof_changes", "-fixup_chains", 6)?;
    let mut problems = compare::differences(&one, &one, &[])?;
    // The formats differ in which sections hold pointers, and in nothing else.
    problems.extend(compare::differences(&one, &classic, &["sections".to_string()])?);
    let found = compare::differences(&one, &other, &[])?;
    if found.len() != 1 || !found[0].starts_with("functions: _weak") {
        problems.push(format!("a constant was changed: {found:?}"));
    }
    outcome(problems)
}
