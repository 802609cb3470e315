//! Proves that the suite can fail: expectations that must not hold of a known file, and broken files that the lint
//! must notice. The known file is made by GNU ld, so this needs nothing of the linker under test.

use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::Trial;

use crate::case::Directive;
use crate::dump::{Elf, PT_GNU_EH_FRAME, Result};
use crate::expect::{self, Outcome};
use crate::link::{Tools, workplace};
use crate::lint;

const SOURCE: &str = r#"
static int value = 3;
int *pointer = &value;
extern int imported;
__thread int counter;
int function(int x) { return x + imported + counter; }
int other(int x) { return function(x) + *pointer; }
"#;

/// Pairs of an expectation that holds of the known file and one that does not.
const EXPECTATIONS: &[(&str, &str, &str)] = &[
    ("symbol", "function global func default section=.text", "function local"),
    ("symbol", "pointer object size=8 value=dynsym(pointer)", "pointer size=4"),
    ("symbol", "value local count=1", "value count=2"),
    ("absent", "nothing", "function"),
    ("dynsym", "imported undefined unversioned", "imported defined"),
    ("no-dynsym", "value", "function"),
    ("section", ".data flags=WA type=PROGBITS align=8", ".data flags=WAX"),
    ("section", ".dynsym link=.dynstr", ".dynsym link=.symtab"),
    ("no-section", ".nothing", ".data"),
    ("segment", "LOAD flags=RW holds=.data out=.text", "LOAD flags=RW holds=.text"),
    ("segment", "DYNAMIC count=1", "DYNAMIC count=2"),
    ("no-segment", "INTERP", "DYNAMIC"),
    ("dynamic", "SONAME libknown.so", "SONAME other.so"),
    ("dynamic", "FLAGS_1 NOW", "FLAGS_1 PIE"),
    ("no-dynamic", "NEEDED", "SONAME"),
    ("no-dynamic", "FLAGS_1 PIE", "FLAGS_1 NOW"),
    ("reloc", "R_X86_64_RELATIVE count=1", "R_X86_64_RELATIVE count=2"),
    ("reloc", "R_X86_64_GLOB_DAT sym=imported in=.got", "R_X86_64_GLOB_DAT sym=nothing"),
    ("no-reloc", "R_X86_64_COPY", "any"),
    ("contains", ".dynstr \"imported\\0\"", ".dynstr \"nothing\\0\""),
    ("contains", ".data 03 00 00 00 count=1", ".data 03 00 00 00 count=2"),
    ("lacks", ".dynstr \"nothing\"", ".dynstr \"imported\""),
    ("check", "u32(value) + 2 * 4 == 11", "u32(value) == 4"),
    ("check", "(end(.data) - addr(.data)) % 8 == 0", "seg(LOAD) > addr(.text)"),
    ("order", ".text .dynamic .data", ".data .text"),
    ("verdef", "V1", "V2"),
    ("prints", "said", "unsaid"),
    ("error", "oops", "fine"),
];

/// Two trials: one for expectations, one for the lint.
pub(crate) fn trials() -> Vec<Trial> {
    let missing = || Tools::find("gcc").is_none().then(|| "gcc".to_string()).into_iter().collect::<Vec<_>>();
    vec![
        crate::trial("proof/expectations can fail".to_string(), missing(), expectations),
        crate::trial("proof/lint notices damage".to_string(), missing(), damage),
    ]
}

fn known(folder: &str) -> Result<Vec<u8>> {
    let dir = workplace(folder)?;
    fs::write(dir.join("x.c"), SOURCE).map_err(|e| e.to_string())?;
    fs::write(dir.join("v.map"), "V1 { local: nothing_*; };").map_err(|e| e.to_string())?;
    Tools::find("gcc").ok_or("no gcc")?.compile("x.c", "-fPIC", &dir)?;
    let args = "-shared -o out x.o -soname libknown.so --hash-style=both --eh-frame-hdr -z now --version-script=v.map";
    crate::process::must(Command::new("ld.bfd").args(args.split(' ')), &dir)?;
    let bytes = fs::read(dir.join("out")).map_err(|e| e.to_string())?;
    fs::remove_dir_all(&dir).map_err(|e| e.to_string())?;
    Ok(bytes)
}

fn expectations() -> Result<()> {
    let elf = Elf::parse(known("proof_expectations")?)?;
    let outcome = Outcome { dir: Path::new("."), stdout: "what was said", stderr: "oops", elf: Some(&elf) };
    let check = |key: &str, value: &str| {
        expect::check(&Directive { key: key.to_string(), value: value.to_string(), line: 0 }, &outcome)
    };
    let mut problems = Vec::new();
    for (key, good, bad) in EXPECTATIONS {
        problems.extend(check(key, good).err().map(|e| format!("{key}: {good}: {e}")));
        problems.extend(check(key, bad).is_ok().then(|| format!("{key}: {bad}: this should not hold")));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}

/// What is found wrong once `change` has been at the file.
fn broken(sound: &[u8], change: Change<'_>) -> Result<Vec<String>> {
    let elf = Elf::parse(sound.to_vec())?;
    let mut bytes = sound.to_vec();
    change(&elf, &mut bytes);
    Ok(match Elf::parse(bytes) {
        Ok(elf) => lint::problems(&elf),
        Err(e) => vec![e],
    })
}

/// A way to break the file, told where things are.
type Change<'a> = &'a dyn Fn(&Elf, &mut [u8]);

fn damage() -> Result<()> {
    let sound = known("proof_lint")?;
    let before = broken(&sound, &|_, _| {})?;
    if !before.is_empty() {
        return Err(format!("the undamaged file: {before:?}"));
    }
    let offset = |elf: &Elf, name: &str| elf.section(name).map_or(0, |s| s.offset) as usize;
    let header = |elf: &Elf, name: &str| {
        let table = crate::dump::uint(&elf.bytes, 40, 8).unwrap_or(0) as usize;
        table + 64 * elf.sections.iter().position(|s| s.name == name).unwrap_or(0)
    };
    let changes: &[(&str, Change<'_>)] = &[
        ("sh_info", &|elf, b| b[header(elf, ".dynsym") + 44] ^= 3),
        (".data is in no PT_LOAD", &|elf, b| b[header(elf, ".data") + 16 + 3] = 0x55),
        ("DT_RELACOUNT", &|elf, b| {
            let at = elf.dynamic.iter().position(|(tag, _)| *tag == 0x6fff_fff9).unwrap_or(0);
            b[offset(elf, ".dynamic") + at * 16 + 8] ^= 7;
        }),
        (".gnu.hash", &|elf, b| b[offset(elf, ".gnu.hash") + 16..][..8].fill(0)),
        (".hash", &|elf, b| b[offset(elf, ".hash") + 8..][..4].fill(0)),
        ("not sorted", &|elf, b| {
            let at = elf.segments.iter().find(|s| s.kind == PT_GNU_EH_FRAME).map_or(0, |s| s.offset) as usize;
            let (first, second) = (at + 12, at + 20);
            for i in 0..8 {
                b.swap(first + i, second + i);
            }
        }),
        ("no FDE at", &|elf, b| b[offset(elf, ".eh_frame_hdr") + 12 + 4] ^= 4),
        ("writable and executable", &|_, b| (0..6).for_each(|i| b[64 + i * 56 + 4] |= 3)),
        ("the first entry is not null", &|elf, b| b[offset(elf, ".symtab") + 8] = 1),
        ("is not aligned", &|elf, b| b[header(elf, ".data") + 48 + 5] = 1),
    ];
    let mut problems = Vec::new();
    for (wanted, change) in changes {
        let found = broken(&sound, *change)?;
        if !found.iter().any(|f| f.contains(wanted) || (wanted.contains("PT_LOAD") && f.contains("PT_LOAD"))) {
            problems.push(format!("{wanted}: {found:?}"));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}
