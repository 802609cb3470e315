//! Damaged inputs: a seeded mutator and a few hundred links over what it makes.
//!
//! Inputs are hostile bytes, so whatever is in them the linker ends in time with exit status 0, or with 1 and a
//! message. The mutations know where an ELF file keeps its numbers, since random bytes alone rarely get past the
//! magic. `SINEW_DAMAGE=N` sets the variants a trial (default 100; a hundred times that in process); a failure names its seed, and the file is kept.
//!
//! The parsers of `sinew` are also called on the bytes directly ([`PARSERS`]): a thousand times cheaper than a process,
//! so a hundred times as many variants.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use libtest_mimic::Trial;

use crate::dump::Result;
use crate::link::{Linker, Tools, survived, workplace};
use crate::mutate::mutate;

const SOURCE: &str = r#"
#include <stddef.h>
extern int weak_one(void) __attribute__((weak));
static const char text[] = "hello";
const char *pointer = text;
__thread int counter = 3;
static int (*table[])(void) = { weak_one, NULL };
__attribute__((section("custom"))) int own = 1;
__attribute__((constructor)) static void start(void) { counter++; }
int common_one;
__attribute__((noinline)) int lazy(int x) { return x + counter + own + common_one; }
int _start_here(void) { return table[0] ? table[0]() : lazy(pointer[0]); }
"#;

/// Links over damaged files: a name, and the arguments. The file called `x.…` is the one to damage.
const LINKS: &[(&str, &str)] = &[
    ("object", "-o out x.o -e _start_here"),
    ("shared from object", "-shared -o out x.o --gc-sections --eh-frame-hdr --build-id"),
    ("relocatable from object", "-r -o out x.o"),
    ("archive", "-o out main.o x.a -e main"),
    ("library", "-pie -o out main.o x.so -e main --allow-shlib-undefined"),
    ("debug object", "-o out x.dbg.o -e _start_here --gc-sections -Map=map"),
];

/// Takes bytes and returns, whatever they are.
type Parser = fn(&[u8]);

/// Functions over bytes, each with the file that it reads.
const PARSERS: &[(&str, &str, Parser)] = &[
    ("object parser", "x.dbg.o", object),
    ("library parser", "x.so", library),
    ("archive parser", "x.a", archive),
    ("script parser", "x.ld", |bytes| drop(sinew::elf::script::parse(bytes))),
    ("version script parser", "x.map", |bytes| drop(sinew::elf::version_script::parse(bytes))),
];

fn object(bytes: &[u8]) {
    let bump = sinew_arena::Bump::new();
    let Ok(object) = sinew::elf::object::parse(bytes, &bump) else { return };
    for index in 0..object.sections.len() as u32 {
        // Errors are what is expected; that nothing panics is what is looked at.
        let _ = (object.section_name(index), object.section_bytes(index), object.relocations(index));
    }
    for (index, symbol) in object.symbols.iter().enumerate() {
        let _ = (object.symbol_name(index as u32), object.place(index as u32, symbol));
    }
}

fn library(bytes: &[u8]) {
    let bump = sinew_arena::Bump::new();
    let Ok(library) = sinew::elf::shared::parse(bytes, &bump) else { return };
    for index in 0..library.symbols.len() as u32 {
        let _ = (library.symbol_name(index), library.offers(index), library.version_name(library.version(index).0));
    }
}

fn archive(bytes: &[u8]) {
    let _ = (sinew::base::archive::members(bytes), sinew::base::archive::index(bytes));
}

/// One trial a link and a parser.
pub(crate) fn trials(linker: &Arc<Linker>) -> Vec<Trial> {
    let tools = || Tools::find("gcc");
    let missing = || tools().is_none().then(|| "gcc".to_string()).into_iter().collect::<Vec<_>>();
    let link = |(name, args): &(&'static str, &'static str)| {
        let (linker, name, args) = (Arc::clone(linker), *name, *args);
        crate::trial(format!("damage/{name}"), missing(), move || links(name, args, &linker, &tools().ok_or("no gcc")?))
    };
    let parse = |(name, file, parser): &(&'static str, &'static str, Parser)| {
        let (name, file, parser) = (*name, *file, *parser);
        crate::trial(format!("damage/{name}"), missing(), move || parses(name, file, parser, &tools().ok_or("no gcc")?))
    };
    LINKS.iter().map(link).chain(PARSERS.iter().map(parse)).collect()
}

fn variants() -> Option<u64> {
    std::env::var("SINEW_DAMAGE").ok().and_then(|n| n.parse().ok())
}

fn links(name: &str, args: &str, linker: &Linker, tools: &Tools) -> Result<()> {
    // Another linker's ways with damage are no concern of ours; that the harness works is seen from the first link.
    let count = variants().unwrap_or(if linker.foreign { 0 } else { 100 });
    let dir = workplace(&format!("damage_{}", name.replace(' ', "_")))?;
    build(&dir, tools)?;
    let args: Vec<String> = args.split(' ').map(str::to_string).collect();
    let victim = args.iter().find(|a| a.starts_with("x.")).ok_or("no input to damage")?;
    let path = dir.join(victim);
    let sound = fs::read(&path).map_err(|e| e.to_string())?;
    let ended = linker.link(&args, &dir, &["-j", "1"])?;
    if ended.code != Some(0) {
        return Err(format!("the undamaged link: {}\n{}", ended.how(), ended.stderr));
    }
    for seed in 0..count {
        fs::write(&path, mutate(&sound, seed)).map_err(|e| e.to_string())?;
        let threads: &[&str] = if seed % 4 == 0 { &["-j", "3", "--inline-below=0"] } else { &["-j", "1"] };
        let ended = linker.link(&args, &dir, threads)?;
        survived(&ended).map_err(|e| format!("seed {seed} ({}): {e}", path.display()))?;
    }
    fs::remove_dir_all(&dir).map_err(|e| e.to_string())
}

fn parses(name: &str, file: &str, parser: Parser, tools: &Tools) -> Result<()> {
    let dir = workplace(&format!("damage_{}", name.replace(' ', "_")))?;
    build(&dir, tools)?;
    let sound = fs::read(dir.join(file)).map_err(|e| e.to_string())?;
    let survives = |bytes: &[u8]| std::panic::catch_unwind(|| parser(bytes)).is_ok();
    for seed in 0..variants().unwrap_or(100) * 100 {
        if !survives(&mutate(&sound, seed)) {
            return Err(format!("seed {seed} of {file}: the parser panicked"));
        }
    }
    for keep in 0..sound.len() {
        if !survives(&sound[..keep]) {
            return Err(format!("{file} cut to {keep} bytes: the parser panicked"));
        }
    }
    fs::remove_dir_all(&dir).map_err(|e| e.to_string())
}

fn build(dir: &Path, tools: &Tools) -> Result<()> {
    let put = |name: &str, text: &str| fs::write(dir.join(name), text).map_err(|e| e.to_string());
    put("x.c", SOURCE)?;
    put("x.dbg.c", SOURCE)?;
    put("main.c", "extern int lazy(int); extern int common_one; int main(void) { return lazy(1) + common_one; }")?;
    put("x.ld", "/* text */ OUTPUT_FORMAT(elf64-x86-64) GROUP(a.a AS_NEEDED(b.so \"c.so\") -lc) x = 5 + (3 << 2);\n")?;
    put("x.map", "V1 { global: a*; \"b[c]\"; extern \"C++\" { \"f(int)\"; g::*; }; local: *; };\nV2 { h; } V1;\n")?;
    tools.compile("x.c", "-fPIC -ffunction-sections", dir)?;
    tools.compile("x.dbg.c", "-fPIC -g -ffunction-sections", dir)?;
    tools.compile("main.c", "-fPIC", dir)?;
    let must = |program: &str, args: &[&str]| {
        crate::process::must(std::process::Command::new(program).args(args), dir).map(|_| ())
    };
    must("ar", &["rcsD", "x.a", "x.o"])?;
    must("ld.bfd", &["-shared", "-o", "x.so", "x.o"])
}
