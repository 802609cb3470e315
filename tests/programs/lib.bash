# What the scripts of this folder share. They are called by tests/run with the linker in $SINEW and a folder of their
# own in $WORK; a script that ends with status 0 has passed. `# limit: SECONDS` in one of its first lines changes the
# time that it may take (300 s otherwise).
# To prove a script itself on another linker: SINEW_RUN_LINKER=/usr/bin/ld.bfd tests/run programs NAME
set -euo pipefail
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$WORK"
clang=$(command -v clang-19 || command -v clang)
clangxx=$(command -v clang++-19 || command -v clang++)

# Every link inside the command goes through the linker under test.
through() { "$SINEW" run -- "$@"; }

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# What linked a file says so in .comment. (An output without the section, a stripped one, is not asked.)
linked_by_us() {
  [ -z "${SINEW_RUN_LINKER:-}" ] || return 0
  local file
  for file; do
    readelf -p .comment "$file" | grep -q sinew || fail "$file was linked by something else"
  done
}

# same EXPECTED ACTUAL: two texts.
same() { [ "$1" = "$2" ] || fail "expected: $1"$'\n'"     got: $2"; }

# has FILE PATTERN...: grep -E finds each in it; for what tools print.
has() {
  local file=$1 pattern
  shift
  for pattern; do
    grep -qE -e "$pattern" "$file" || { cat "$file"; fail "$file lacks $pattern"; }
  done
}
