//! The Mach-O kinds of [`crate::hostile`]: objects, archives, universal files, libraries and text stubs.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use sinew::args::macho as macho_args;
use sinew::base::diag::{Diag, Style};
use sinew::base::par::Par;
use sinew::base::session::{Host, Session};
use sinew::base::time::Times;

use super::dump::MachO;
use super::run::Tools;
use crate::dump::Result;
use crate::hostile::{Format, Kind};
use crate::link::workplace;
use crate::process;

pub(crate) const HOSTILE: Format = Format { kinds: KINDS, missing, inputs, link, structure };

const KINDS: &[Kind] = &[
    Kind {
        name: "macho object",
        victim: "c.o",
        links: &[
            "c.o stub.tbd -fixup_chains",
            "c.o stub.tbd -no_fixup_chains -dead_strip",
            "-dylib c.o stub.tbd -fixup_chains -exported_symbol _go",
            "-dylib c.o stub.tbd -no_fixup_chains -x",
            "-r c.o stub.tbd -x",
        ],
    },
    Kind {
        name: "macho debug",
        victim: "debug.o",
        links: &["debug.o stub.tbd", "-dylib debug.o stub.tbd -dead_strip", "debug.o stub.tbd -S", "-r debug.o"],
    },
    Kind {
        name: "macho unwind",
        victim: "eh.o",
        links: &[
            "-dylib eh.o stub.tbd",
            "-dylib eh.o stub.tbd -dead_strip -no_fixup_chains",
            "-r eh.o",
            "-r eh.o -dead_strip -exported_symbol _go",
        ],
    },
    Kind {
        name: "macho assembly",
        victim: "asm.o",
        links: &[
            "-dylib asm.o stub.tbd -dead_strip",
            "-dylib asm.o c.o stub.tbd -no_fixup_chains",
            "-r asm.o c.o",
            "-r asm.o -d",
        ],
    },
    Kind {
        name: "macho objc",
        victim: "objc.o",
        links: &["-dylib objc.o stub.tbd", "-dylib objc.o stub.tbd -ObjC", "-r objc.o"],
    },
    Kind {
        name: "macho archive",
        victim: "x.a",
        links: &[
            "c2.o x.a stub.tbd",
            "-dylib -all_load x.a stub.tbd",
            "c2.o -force_load x.a stub.tbd -ObjC",
            "-r -all_load x.a",
        ],
    },
    Kind { name: "macho universal", victim: "x.fat", links: &["x.fat stub.tbd", "-dylib x.fat stub.tbd"] },
    Kind {
        name: "macho library",
        victim: "lib.dylib",
        links: &["c2.o lib.dylib stub.tbd", "c2.o -reexport_library lib.dylib stub.tbd -dylib"],
    },
    Kind {
        name: "macho classic library",
        victim: "old.dylib",
        links: &["c2.o old.dylib stub.tbd", "c2.o -weak_library old.dylib stub.tbd -no_fixup_chains"],
    },
    Kind { name: "macho stub", victim: "stub.tbd", links: &["c.o stub.tbd", "-dylib c.o stub.tbd -no_fixup_chains"] },
    Kind { name: "macho json stub", victim: "json.tbd", links: &["c.o json.tbd", "-dylib c.o json.tbd"] },
];

fn missing() -> Vec<String> {
    Tools::find().missing()
}

fn inputs() -> Result<PathBuf> {
    static INPUTS: OnceLock<Result<PathBuf>> = OnceLock::new();
    INPUTS.get_or_init(build).clone()
}

fn link(line: &str, threads: usize) -> (bool, String) {
    let front = "-arch arm64 -platform_version macos 13.0 13.0 -o out";
    let words = front.split(' ').chain(line.split(' ')).map(OsString::from).collect();
    let args = match macho_args::parse(words) {
        Ok(parsed) => match parsed.command {
            macho_args::Command::Link(args) => args,
            _ => return (false, "error: not a link".to_string()),
        },
        Err(errors) => return (false, format!("error: {}\n", errors.join("\n"))),
    };
    let inline_below = if threads > 1 { 0 } else { u64::MAX };
    let diag = Diag::keeping(Style { error_limit: args.error_limit, ..Style::default() });
    let cx = Session { par: Par::new(threads, inline_below), diag, time: Times::new(false) };
    let linked = sinew::macho::link(&args, &cx, Host { opened: &mut |_| {}, done: &mut |rest| drop(rest) });
    let said = cx.diag.checkpoint();
    (linked.is_ok() && said.is_ok(), cx.diag.kept())
}

/// What must hold of an output whatever the input was: its tables can be read.
fn structure(bytes: Vec<u8>) -> Vec<String> {
    match MachO::parse(bytes) {
        Ok(_) => Vec::new(),
        Err(e) => vec![format!("the output cannot be read: {e}")],
    }
}

const C: &str = r#"
extern int outside(int) __attribute__((weak_import));
extern int needed;
static const char text[] = "hello";
const char *pointer = text;
const char *words[] = { "one", "two", "one" };
static int (*table[])(int) = { outside, 0 };
__attribute__((section("__DATA,custom"))) int own = 1;
__attribute__((constructor)) static void start(void) { own++; }
int common_one __attribute__((common));
__thread int counter = 3;
static __thread long zero[4];
__attribute__((weak)) int weak(void) { return 5; }
__attribute__((noinline)) int lazy(int x) { return x + own + common_one + counter++ + (int)zero[1] + needed; }
int go(void) { return (table[0] ? table[0](3) : lazy(pointer[0])) + weak() + words[1][0]; }
int main(void) { return go(); }
"#;

const EH: &str = r#"
struct Base { virtual ~Base() {} virtual int f() { return 1; } };
struct Derived : Base { int f() override { throw 4; } };
template <class T> T twice(T x) { static T last; T old = last; last = x; return old + x; }
inline int shared() { static Derived d; return d.f(); }
extern "C" int go() { try { return shared() + twice(3); } catch (int x) { return x; } }
"#;

const ASM: &str = r#"
        .globl  _begin, _table
        .p2align 2
_begin: adrp    x8, _table@PAGE+16
        ldr     x8, [x8, _table@PAGEOFF+16]
        adrp    x9, _needed@GOTPAGE
        ldr     x9, [x9, _needed@GOTPAGEOFF]
        bl      _outside
        ret
        .alt_entry _inner
_inner: ret
        .data_region
        .long   1
        .end_data_region
        .data
        .p2align 3
_table: .quad   _begin + 4, _outside, _needed + 300
        .quad   _table - _begin
        .long   _begin - _table, _needed@GOT - .
        .section __DATA,live,regular,live_support
        .p2align 3
        .quad   _begin
        .zerofill __DATA,__bss,_zeros,64,4
        .comm   _block, 64, 5
        .literal8
        .quad   1, 2, 1
        .subsections_via_symbols
"#;

const OBJC: &str = r#"
int stub(id) __asm__("_objc_msgSend$first");
__attribute__((objc_root_class)) @interface Root
- (int)first;
@end
@implementation Root
- (int)first { return 1; }
@end
@interface Root (More)
@end
@implementation Root (More)
- (int)second { return [self first] + stub(self); }
@end
"#;

const STUB: &str = r#"--- !tapi-tbd
tbd-version: 4
targets: [ x86_64-macos, arm64-macos ]
install-name: '/usr/lib/libstub.dylib'
current-version: 1.2.3
reexported-libraries:
  - targets: [ arm64-macos ]
    libraries: [ '/usr/lib/libinner.dylib' ]
exports:
  - targets: [ x86_64-macos, arm64-macos ]
    symbols: [ _outside, _needed, __tlv_bootstrap, dyld_stub_binder, '$ld$hide$os13.0$_hidden', ___cxa_throw,
               ___cxa_begin_catch, ___cxa_end_catch, ___cxa_guard_acquire, ___cxa_guard_release, ___cxa_guard_abort,
               ___cxa_allocate_exception, ___gxx_personality_v0, __ZTIi, __ZTVN10__cxxabiv117__class_type_infoE,
               __ZTVN10__cxxabiv120__si_class_type_infoE, _objc_msgSend, __objc_empty_cache, ___cxa_atexit ]
    weak-symbols: [ __ZdlPv, __Znwm ]
    objc-classes: [ NSObject ]
--- !tapi-tbd
tbd-version: 4
targets: [ arm64-macos ]
install-name: /usr/lib/libinner.dylib
exports:
  - targets: [ arm64-macos ]
    symbols: [ _inner_one ]
    thread-local-symbols: [ _inner_two ]
...
"#;

const JSON: &str = r#"{ "tapi_tbd_version": 5, "main_library": {
  "target_info": [ { "target": "arm64-macos", "min_deployment": "11" } ],
  "install_names": [ { "name": "/usr/lib/libstub.dylib" } ], "current_versions": [ { "version": "1.2" } ],
  "reexported_libraries": [ { "names": [ "/usr/lib/libinner.dylib" ] } ],
  "exported_symbols": [ { "text": { "global": [ "_outside", "dyld_stub_binder", "__tlv_bootstrap" ], "weak": [ "_w" ] },
    "data": { "global": [ "_needed" ], "objc_class": [ "A" ], "thread_local": [ "_t" ] } } ] },
  "libraries": [ { "target_info": [ { "target": "arm64-macos" } ],
    "install_names": [ { "name": "/usr/lib/libinner.dylib" } ], "exported_symbols": [ { "data": { "global": [ "_x" ] } } ] } ] }
"#;

fn build() -> Result<PathBuf> {
    let dir = workplace("macho_hostile_inputs")?;
    let tools = Tools::find();
    let put = |name: &str, text: &str| fs::write(dir.join(name), text).map_err(|e| e.to_string());
    let compile = |name: &str, text: &str, object: &str, flags: &[&str]| {
        put(name, text)?;
        process::must(tools.clang().args(["-O1", "-c", name, "-o", object]).args(flags), &dir)?;
        fs::remove_file(dir.join(name)).map_err(|e| e.to_string())
    };
    compile("c.c", C, "c.o", &[])?;
    compile("c2.c", "extern int lazy(int), own; int main(void) { return lazy(1) + own; }", "c2.o", &[])?;
    compile("debug.c", C, "debug.o", &["-g"])?;
    compile("eh.cpp", EH, "eh.o", &["-frtti"])?;
    compile("asm.s", ASM, "asm.o", &[])?;
    compile("objc.m", OBJC, "objc.o", &[])?;
    compile("lib.c", "int lazy(int x) { return x; } int own = 1; __thread int t = 1;", "lib.o", &[])?;
    put("stub.tbd", STUB)?;
    put("json.tbd", JSON)?;
    let must = |program: &str, args: &[&str]| process::must(Command::new(program).args(args), &dir).map(|_| ());
    must("llvm-ar-19", &["--format=darwin", "rcsD", "x.a", "lib.o", "objc.o", "asm.o"])?;
    must("llvm-lipo-19", &["-create", "-output", "x.fat", "c.o", "-arch", "arm64e", "c.o"])
        .or_else(|_| must("llvm-lipo-19", &["-create", "-output", "x.fat", "c.o"]))?;
    for (library, flag) in [("lib.dylib", "-fixup_chains"), ("old.dylib", "-no_fixup_chains")] {
        let words = format!("-arch arm64 -platform_version macos 13.0 13.0 -dylib -o {library} lib.o stub.tbd {flag}");
        must("ld64.lld-19", &words.split(' ').collect::<Vec<_>>())?;
    }
    Ok(dir)
}
