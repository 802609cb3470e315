# What programs from crates.io must do; for crates.sh and extra/crates-release.sh.
export CARGO_TARGET_DIR="$PWD/target" CARGO_TERM_COLOR=never

# install OPTION... CRATE@VERSION...: they land in ./root/bin.
install() {
  through cargo install --quiet --locked --root root --no-track "$@"
  linked_by_us root/bin/*
}

make_forest() {
  [ ! -d forest ] || return 0
  mkdir -p forest/deep/er forest/.hidden forest/skipped
  git init -q forest
  echo skipped > forest/.gitignore
  printf 'one needle\ntwo\nthree Needle\n' | tee forest/a.txt forest/deep/er/b.rs forest/.hidden/c.txt > forest/skipped/d.txt
  head -c 3000000 /dev/zero | tr '\0' 'x' > forest/deep/big.bin
  gzip -k forest/a.txt
}

try_ripgrep() {
  local rg=$PWD/root/bin/rg
  make_forest
  cd forest
  same $'a.txt:1:one needle\ndeep/er/b.rs:1:one needle' "$("$rg" -n needle --sort path)"
  same $'a.txt:2\ndeep/er/b.rs:2' "$("$rg" -ic needle --sort path -j 8)"
  same 4 "$("$rg" -uu -l 'n(e+)dle$' . | grep -vc gz)"
  same 'two' "$("$rg" -INo --no-heading '\bt\w{2}\b' -g '*.rs')"
  same 2 "$("$rg" -czi 'e' a.txt.gz)"
  same '1:3 eldeeN' "$(printf '3 Needle\n' | "$rg" -nr '3 eldeeN' '^3 .*')"
  "$rg" --version | grep -q '^ripgrep 15'
  ! "$rg" 'unclosed(' 2>errors || fail "a bad pattern was taken"
  grep -q 'unclosed group' errors && rm errors
  cd ..
}

try_fd() {
  local fd=$PWD/root/bin/fd
  make_forest
  cd forest
  same $'a.txt\na.txt.gz' "$("$fd" '^a' | sort)"
  same $'./deep/er/b.rs' "$("$fd" --strip-cwd-prefix=never -e rs)"
  same $'.hidden/c.txt\na.txt\nskipped/d.txt' "$("$fd" -HI -e txt -j 4 | sort)"
  same '<b.rs>' "$("$fd" -e rs -x echo '<{/}>')"
  same 'deep/big.bin' "$("$fd" -S +1m -t f)"
  cd ..
}

try_hyperfine() {
  root/bin/hyperfine --style none -N -r 3 -w 1 --export-json times.json true 'sleep 0.05'
  python3 - <<'P'
import json
quick, slow = json.load(open("times.json"))["results"]
assert len(quick["times"]) == 3 and quick["mean"] < 0.05 <= slow["mean"], (quick, slow)
P
}
