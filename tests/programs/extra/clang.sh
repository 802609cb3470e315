# A clang 19 with all targets, from Debian's static libraries (590 MB in, 200 MB out): it links, compiles a program that
# runs, and is the same file at every -j.
# limit: 1800
. "$(dirname "$0")/../lib.bash"
need=(clang-19 llvm-19-dev libclang-19-dev libpolly-19-dev zlib1g-dev libzstd-dev libxml2-dev libz3-dev libtinfo-dev)
missing=()
for package in "${need[@]}"; do dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package"); done
if [ ${#missing[@]} -gt 0 ]; then
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get -qq -o DPkg::Lock::Timeout=600 update
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get -qq -y -o DPkg::Lock::Timeout=600 \
    install --no-install-recommends "${missing[@]}"
fi
cat > main.cpp <<'C'
// `clang -cc1`, and no more: an action of the front end, with every target.
#include "clang/Frontend/CompilerInstance.h"
#include "clang/Frontend/TextDiagnosticPrinter.h"
#include "clang/FrontendTool/Utils.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/TargetSelect.h"
using namespace clang;
int main(int count, const char **args) {
    llvm::InitLLVM init(count, args);
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    llvm::InitializeAllAsmParsers();
    CompilerInstance compiler;
    auto options = llvm::makeIntrusiveRefCnt<DiagnosticOptions>();
    DiagnosticsEngine diagnostics(llvm::makeIntrusiveRefCnt<DiagnosticIDs>(), options,
                                  new TextDiagnosticPrinter(llvm::errs(), options.get()));
    if (!CompilerInvocation::CreateFromArgs(compiler.getInvocation(), llvm::ArrayRef(args + 1, count - 1), diagnostics))
        return 1;
    compiler.createDiagnostics();
    return !ExecuteCompilerInvocation(&compiler);
}
C
folder=$(llvm-config-19 --libdir)
# shellcheck disable=SC2046
clang++-19 -O1 -c main.cpp $(llvm-config-19 --cxxflags)
archives=()
for archive in "$folder"/libclang*.a; do
  case $archive in */libclang.a | */libclang-* | */libclang_rt*) ;; *) archives+=("$archive") ;; esac
done
# The driver tells a script in the place of the linker how it would call it.
mkdir bin
printf '#!/bin/sh\nprintf "%%s\\n" "$@" > args\n' > bin/ld
chmod +x bin/ld
# shellcheck disable=SC2046
clang++-19 --ld-path="$PWD/bin/ld" main.o -L"$folder" -Wl,--start-group "${archives[@]}" -Wl,--end-group \
  $(llvm-config-19 --link-static --libs all) $(llvm-config-19 --link-static --system-libs) -o unused

for j in 1 2 3 8 64; do
  "$SINEW" @args -o clang -j $j
  sha256sum < clang >> hashes
done
same 1 "$(sort -u hashes | wc -l)"

cat > program.cpp <<'C'
#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
int main() {
    std::map<std::string, int> map{{"a", 1}, {"b", 2}};
    try { map.at("c"); } catch (const std::out_of_range &) { map["c"] = 3; }
    int sum = 0;
    for (auto &[name, value] : map) sum += value;
    std::printf("%d\n", sum);
}
C
# The driver knows where the headers are.
mapfile -t headers < <(clang++-19 '-###' -c program.cpp 2>&1 | grep -oE '"-internal-(externc-)?isystem" "[^"]*"' | tr -d '"' | tr ' ' '\n')
./clang -triple x86_64-pc-linux-gnu -emit-obj -mrelocation-model pic -pic-level 2 -O2 -fcxx-exceptions -fexceptions \
  -std=c++17 "${headers[@]}" -x c++ program.cpp -o program.o
through g++ program.o -o program
same 6 "$(./program)"
# The other back ends are there.
echo 'int f(int x) { return x * 3; }' > f.c
for target in aarch64-linux-gnu riscv64-linux-gnu; do
  ./clang -triple $target -emit-obj -O1 f.c -o $target.o
  readelf -h $target.o | grep -qE 'Machine: *(AArch64|RISC-V)'
done
