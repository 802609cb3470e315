# What the Mach-O scripts of this folder share, beside lib.bash. Each program is linked by sinew in both fixup formats, at
# -j 1 and -j 8, and by lld: `link` makes chained/NAME and classic/NAME, and the same below one/ and lld/. All links of a
# name are given the same words, in folders of the same form, so that a library made before is found by `NAME` alone.
. "$(dirname "${BASH_SOURCE[0]}")/lib.bash"
sdk=$repo/target/macos-sdk
"$repo/tests/macho/sdk/make.sh" "$sdk" --runtime
o=$PWD/o
# For the older system: objects are made once, and are good for both.
target="--target=arm64-apple-macos11 -isysroot $sdk"
mkdir -p bin o {,one/,lld/}{chained,classic}
ln -sf "$SINEW" bin/ld64.sinew
PATH=$PWD/bin:$PATH

# Two scripts that run one after the other build it once.
loader=$repo/target/programs/macho-loader
if [ ! -e "$loader" ] || [ -n "$(find "$repo/tests/macho/loader" -newer "$loader" -name '*.[chS]')" ]; then
  "$repo/tests/macho/loader/build.sh" "$loader"
fi
# The suite's checker and comparison (tests/suite/macho/tool.rs).
suite=$(cd "$repo" && cargo test --no-run --test suite 2>&1 | sed -n 's/.*Executable .*(\(.*\))$/\1/p')
[ -n "$suite" ] || fail "no suite"
suite=$repo/${suite#"$repo/"}

# in_format FORMAT LINKER WORD...: a link, in the folder where it is called.
in_format() {
  local format=$1 linker=$2
  shift 2
  case $format in
    chained) set -- -platform_version macos 13.0 13.0 -fixup_chains "$@" ;;
    classic) set -- -platform_version macos 11.0 11.0 -no_fixup_chains "$@" ;;
  esac
  $linker -arch arm64 -syslibroot "$sdk" "$@" -lSystem 2> errors || { cat errors; fail "$linker: $*"; }
}

# link NAME WORD...: $except are aspects in which lld differs, $without_lld links without it.
link() {
  local name=$1 format
  shift
  for format in chained classic; do
    (cd "one/$format" && in_format $format 'ld64.sinew -j 1' "$@" -o "$name")
    [ ! -s "one/$format/errors" ] || { cat "one/$format/errors"; fail "$format/$name: a message"; }
    (cd $format && in_format $format 'ld64.sinew -j 8 --inline-below=0' "$@" -o "$name")
    cmp "one/$format/$name" "$format/$name" || fail "$format/$name: -j 1 and -j 8 differ"
    "$suite" macho-check "$format/$name" || fail "$format/$name"
    [ -z "${without_lld:-}" ] || continue
    (cd "lld/$format" && in_format $format ld64.lld-19 "$@" -o "$name")
    # shellcheck disable=SC2086
    "$suite" macho-compare "$format/$name" "lld/$format/$name" ${except:-} || fail "$format/$name and lld's differ"
  done
}

# run FILE WORD...: a program in the loader; standard output and error are its own.
run() { qemu-aarch64 "$loader" --root "$sdk/runtime" "$@"; }

# dumps FILE...: LLVM's tools read them without complaint.
dumps() {
  local file option
  for file; do
    llvm-otool-19 -l "$file" > dump 2> errors
    llvm-objdump-19 --macho --private-headers --section-headers --exports-trie --dyld-info --unwind-info --function-starts \
      --indirect-symbols --data-in-code "$file" >> dump 2>> errors
    case $file in
      *chained/*) llvm-objdump-19 --macho --chained-fixups "$file" >> dump 2>> errors ;;
      *) for option in rebase bind weak-bind lazy-bind; do llvm-objdump-19 --macho --$option "$file" >> dump 2>> errors; done ;;
    esac
    [ ! -s errors ] || { cat errors; fail "LLVM's tools complain of $file"; }
  done
}

# lief FILE...: LIEF (PyPI) reads them, and finds __LINKEDIT laid out as Apple's tools demand.
lief() {
  python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target python lief==1.0.0
  PYTHONPATH=python python3 - "$@" <<'P'
import lief, sys
for path in sys.argv[1:]:
    binary = lief.MachO.parse(path).at(0)
    good, why = lief.MachO.check_layout(binary)
    assert good, f"{path}: {why}"
    chained = "chained/" in path
    assert binary.has_code_signature and binary.has_dyld_chained_fixups == chained and binary.has_dyld_info != chained, path
    if chained:
        exports = {export.symbol.name for export in binary.dyld_exports_trie.exports if export.has_symbol}
        assert exports == {symbol.name for symbol in binary.exported_symbols}, path
    assert len(binary.function_starts.functions) > 0 and all(b.has_symbol for b in binary.bindings), path
P
}

# line FILE FUNCTION SOURCE:LINE: what the debug map of a file leads to, by dsymutil.
line() {
  local file=$1 function=$2 source=${3%:*} number=${3#*:} address
  [ -e "$file.dSYM" ] || dsymutil-19 "$file" -o "$file.dSYM" > errors 2>&1 || { cat errors; fail "dsymutil $file"; }
  [ ! -s errors ] || { cat errors; fail "dsymutil has something to say of $file"; }
  address=$(llvm-nm-19 "$file" | sed -n "s/ [Tt] $function\$//p")
  llvm-dwarfdump-19 --lookup="0x$address" "$file.dSYM" > dump
  has dump "Line info: file '$source', line $number,"
}

# rewritten FILE: what LLVM's tools make of it is a sound file too; the loader is left to run FILE.stripped.
rewritten() {
  cp "$1" "$1.stripped"
  llvm-strip-19 -x "$1.stripped"
  llvm-install-name-tool-19 -add_rpath /nowhere "$1.stripped"
  llvm-lipo-19 -create "$1.stripped" -output "$1.fat"
  llvm-lipo-19 -thin arm64 "$1.fat" -output "$1.thin"
  cmp "$1.stripped" "$1.thin"
}
