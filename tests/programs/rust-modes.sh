# A Rust workspace with all kinds of crates, in every way to build it: build script, procedural macro, dylib, cdylib,
# tests; debug and release, unwinding and aborting, stripped, dynamic and static standard library. Backtraces are right.
. "$(dirname "$0")/lib.bash"
mkdir -p app/src app/tests macros/src dynamic/src plugin/src
cat > Cargo.toml <<'T'
[workspace]
members = ["app", "macros", "dynamic", "plugin"]
resolver = "2"
[profile.dev]
debug = 1
[profile.optimized]
inherits = "release"
debug = "line-tables-only"
lto = "thin"
[profile.aborting]
inherits = "release"
panic = "abort"
strip = true
lto = "fat"
codegen-units = 1
[profile.bare]
inherits = "dev"
strip = "debuginfo"
split-debuginfo = "unpacked"
T
crate() {
  printf '[package]\nname = "%s"\nversion = "0.1.0"\nedition = "2021"\n' "$1" > "$1/Cargo.toml"
  cat >> "$1/Cargo.toml"
}
crate macros <<'T'
[lib]
proc-macro = true
T
cat > macros/src/lib.rs <<'R'
use proc_macro::{TokenStream, TokenTree};
#[proc_macro]
pub fn count_words(input: TokenStream) -> TokenStream {
    let words = input.into_iter().filter(|t| matches!(t, TokenTree::Ident(_))).count();
    words.to_string().parse().unwrap()
}
#[proc_macro_derive(Named)]
pub fn named(input: TokenStream) -> TokenStream {
    let mut tokens = input.into_iter().skip_while(|t| t.to_string() != "struct");
    let name = tokens.nth(1).unwrap();
    format!("impl {name} {{ pub fn type_name() -> &'static str {{ \"{name}\" }} }}").parse().unwrap()
}
R
crate dynamic <<'T'
[lib]
crate-type = ["dylib", "rlib"]
T
cat > dynamic/src/lib.rs <<'R'
use std::cell::RefCell;
use std::sync::atomic::{AtomicUsize, Ordering};
pub static CALLS: AtomicUsize = AtomicUsize::new(0);
thread_local!(pub static NAMES: RefCell<Vec<String>> = RefCell::new(vec!["first".to_owned()]));
pub trait Speak { fn speak(&self) -> String; }
pub struct Loud<T>(pub T);
impl<T: std::fmt::Display> Speak for Loud<T> {
    fn speak(&self) -> String { CALLS.fetch_add(1, Ordering::Relaxed); self.0.to_string().to_uppercase() }
}
pub fn boxed(text: &'static str) -> Box<dyn Speak> { Box::new(Loud(text)) }
#[inline(never)]
pub fn panics(n: u32) -> u32 { if n == 0 { panic!("reached {n}") } else { panics(n - 1) + 1 } }
R
crate plugin <<'T'
[lib]
crate-type = ["cdylib"]
[dependencies]
dynamic = { path = "../dynamic" }
T
cat > plugin/src/lib.rs <<'R'
#[no_mangle]
pub extern "C" fn plugin_sum(values: *const u32, count: usize) -> u32 {
    let values = unsafe { std::slice::from_raw_parts(values, count) };
    std::panic::catch_unwind(|| if values.is_empty() { dynamic::panics(3) } else { values.iter().sum() }).unwrap_or(99)
}
R
crate app <<'T'
[dependencies]
dynamic = { path = "../dynamic" }
macros = { path = "../macros" }
T
cat > app/build.rs <<'R'
fn main() {
    let out = std::env::var("OUT_DIR").unwrap();
    std::fs::write(format!("{out}/made.rs"), "pub const MADE: &str = \"by the build script\";").unwrap();
    println!("cargo:rerun-if-changed=build.rs");
}
R
cat > app/src/lib.rs <<'R'
include!(concat!(env!("OUT_DIR"), "/made.rs"));
#[derive(macros::Named)]
pub struct Thing;
/// ```
/// assert_eq!(app::twice(21), 42);
/// ```
pub fn twice(x: u32) -> u32 { x * 2 }
#[cfg(test)]
mod tests {
    #[test]
    fn doubles() { assert_eq!(super::twice(2), 4); }
    #[test]
    #[should_panic(expected = "reached 0")]
    fn unwinds() { dynamic::panics(2); }
}
R
cat > app/tests/outside.rs <<'R'
#[test]
fn from_outside() { assert_eq!(app::Thing::type_name(), "Thing"); assert_eq!(app::MADE.len(), 19); }
R
cat > app/src/main.rs <<'R'
use dynamic::Speak;
use std::sync::{mpsc, Arc, Mutex};
struct Dropped(Arc<Mutex<Vec<u32>>>, u32);
impl Drop for Dropped { fn drop(&mut self) { self.0.lock().unwrap().push(self.1); } }
#[inline(never)]
fn third(x: u32) -> u32 {
    dynamic::panics(x)
}
#[inline(never)]
fn second(x: u32) -> u32 { third(x) + 1 }
fn main() {
    if std::env::args().any(|arg| arg == "panic") { println!("{}", second(1)); }
    let (send, receive) = mpsc::channel();
    let threads: Vec<_> = (0..3u32).map(|i| {
        let send = send.clone();
        std::thread::spawn(move || { dynamic::NAMES.with(|n| n.borrow_mut().push(i.to_string())); send.send(dynamic::NAMES.with(|n| n.borrow().len())).unwrap() })
    }).collect();
    threads.into_iter().for_each(|t| t.join().unwrap());
    drop(send);
    let lengths: Vec<_> = receive.iter().collect();
    let log = Arc::new(Mutex::new(Vec::new()));
    if cfg!(panic = "unwind") {
        let (one, two) = (Dropped(log.clone(), 1), Dropped(log.clone(), 2));
        std::panic::set_hook(Box::new(|_| ()));
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || { let _kept = (one, two); third(2) }));
        let text = caught.unwrap_err().downcast_ref::<String>().cloned();
        assert_eq!(text.as_deref(), Some("reached 0"));
        assert_eq!(*log.lock().unwrap(), [1, 2]);
        assert_eq!(std::thread::spawn(|| third(0)).join().is_err(), true);
    }
    let mut map: std::collections::HashMap<String, f64> = (1..=9).map(|i| (format!("{i:>3}"), f64::from(i).sqrt())).collect();
    map.retain(|_, v| v.fract() == 0.0);
    let mut keys: Vec<_> = map.into_iter().collect();
    keys.sort_by(|a, b| a.0.cmp(&b.0));
    println!("{} {} {:?} {:?}", dynamic::boxed("ok").speak(), macros::count_words!(a b c), lengths, keys);
    println!("{} {}", app::Thing::type_name(), app::MADE);
}
R
expected='OK 3 [2, 2, 2] [("  1", 1.0), ("  4", 2.0), ("  9", 3.0)]
Thing by the build script'
cat > use.c <<'C'
#include <stdio.h>
unsigned plugin_sum(const unsigned *values, size_t count);
int main(void) { unsigned v[] = {1, 2, 3}; printf("%u %u\n", plugin_sum(v, 3), plugin_sum(v, 0)); return 0; }
C
export CARGO_TARGET_DIR="$PWD/target" CARGO_TERM_COLOR=never
unset RUST_BACKTRACE
quiet() { "$@" >cargo.log 2>&1 || { cat cargo.log; fail "$*"; }; }

# backtrace_has PROGRAM PATTERN...: what a panic in it prints.
backtrace_has() {
  local program=$1
  shift
  RUST_BACKTRACE=1 "$program" panic >trace 2>&1 || true
  has trace "$@"
}
lines=('dynamic::panics' 'dynamic/src/lib.rs:12:' 'app::third' 'app/src/main.rs:7:' 'app::second' 'app::main')

# Debug: the program, its tests, documentation tests, the C interface, in both directions through shared objects.
quiet through cargo build --offline
linked_by_us target/debug/app target/debug/libplugin.so target/debug/libdynamic.so target/debug/deps/libmacros-*.so
same "$expected" "$(target/debug/app)"
backtrace_has target/debug/app "${lines[@]}"
quiet through cargo test --offline
has cargo.log 'test tests::unwinds - should panic ... ok' 'test from_outside ... ok' 'Doc-tests app' '1 passed'
through cc use.c -Ltarget/debug -lplugin -Wl,-rpath,"$PWD/target/debug" -o use
same "6 99" "$(./use 2>/dev/null)"

quiet through cargo build --offline --profile optimized
same "$expected" "$(target/optimized/app)"
# (`third` is a jump in optimized code, and in no backtrace.)
backtrace_has target/optimized/app 'dynamic::panics' 'dynamic/src/lib.rs:12:' 'app::second' 'app/src/main.rs:10:'
quiet through cargo build --offline --profile bare -p app
same "$expected" "$(target/bare/app)"

# The standard library and `dynamic` as shared objects; then everything in one static file.
RUSTFLAGS="-Cprefer-dynamic" quiet through cargo build --offline --target-dir target/shared -p app
libraries=$(rustc --print target-libdir):$PWD/target/shared/debug/deps
export LD_LIBRARY_PATH=$libraries
readelf -d target/shared/debug/app | grep -q 'NEEDED.*libdynamic' || fail "prefer-dynamic linked dynamic statically"
same "$expected" "$(target/shared/debug/app)"
backtrace_has target/shared/debug/app 'app::third' 'app/src/main.rs:7:'
unset LD_LIBRARY_PATH
RUSTFLAGS="-Ctarget-feature=+crt-static" quiet through cargo build --offline --target-dir target/static -p app \
  --target x86_64-unknown-linux-gnu --bin app
program=target/static/x86_64-unknown-linux-gnu/debug/app
! readelf -d $program | grep -q NEEDED || fail "crt-static needs a library"
same "$expected" "$($program)"
backtrace_has $program "${lines[@]}"
RUSTFLAGS="-Ctarget-feature=+crt-static -Crelocation-model=static" quiet through cargo build --offline \
  --target-dir target/static -p app --target x86_64-unknown-linux-gnu --bin app
same "$expected" "$($program)"
linked_by_us $program target/shared/debug/app target/optimized/app

# Panics end the process, fat LTO, no symbols left.
# (A dylib would bring the standard library's dylib, which unwinds.)
sed -i 's/"dylib", //' dynamic/Cargo.toml
quiet through cargo build --offline --profile aborting -p app --bin app
same "$expected" "$(target/aborting/app)"
[ "$(nm target/aborting/app 2>&1 | grep -c ' [tT] ')" = 0 ] || fail "strip left symbols"
status=0; target/aborting/app panic >/dev/null 2>&1 || status=$?
same 134 "$status"
