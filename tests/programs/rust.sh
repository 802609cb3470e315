# A Rust program with threads, panics that unwind, formatting, and a dynamic library, in debug and release.
set -eu
cd "$WORK"
mkdir -p app/src plug/src
cat > Cargo.toml <<'T'
[workspace]
members = ["app", "plug"]
resolver = "2"
T
cat > plug/Cargo.toml <<'T'
[package]
name = "plug"
version = "0.1.0"
edition = "2021"
[lib]
crate-type = ["rlib", "cdylib"]
T
cat > plug/src/lib.rs <<'R'
#[no_mangle]
pub extern "C" fn plug_answer() -> u32 { std::env::args().count() as u32 + 41 }
pub fn words(text: &str) -> std::collections::BTreeMap<&str, usize> {
    let mut map = std::collections::BTreeMap::new();
    for word in text.split(' ') { *map.entry(word).or_default() += 1; }
    map
}
R
cat > app/Cargo.toml <<'T'
[package]
name = "app"
version = "0.1.0"
edition = "2021"
[dependencies]
plug = { path = "../plug" }
T
cat > app/src/main.rs <<'R'
use std::cell::Cell;
thread_local!(static COUNT: Cell<u32> = const { Cell::new(1) });
fn main() {
    let caught = std::panic::catch_unwind(|| { let v: Vec<u32> = Vec::new(); v[plug::plug_answer() as usize] });
    let threads: Vec<_> = (0..4).map(|i| std::thread::spawn(move || COUNT.with(|c| { c.set(c.get() + i); c.get() }))).collect();
    let sum: u32 = threads.into_iter().map(|t| t.join().unwrap()).sum();
    println!("{} {sum} {:?}", caught.is_err(), plug::words("a b a"));
}
R
clang=$(command -v clang-19 || command -v clang)
export RUSTFLAGS="-Clinker=$clang -Clink-arg=--ld-path=$SINEW" CARGO_TARGET_DIR="$PWD/target"
for profile in "" --release; do
  cargo build --offline --quiet $profile
  out=target/$([ -z "$profile" ] && echo debug || echo release)
  test "$($out/app 2>stderr)" = 'true 10 {"a": 2, "b": 1}'
  grep -q 'main.rs' stderr
  readelf -p .comment "$out/app" | grep -q "${MARK:-sinew}"
  nm -D "$out/libplug.so" | grep -q ' T plug_answer'
done
RUST_BACKTRACE=1 target/debug/app 2>&1 | grep -q 'app::main'
