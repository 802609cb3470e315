#!/bin/bash
# Assembles a folder that stands in for a macOS SDK on Linux, from public packages only.
#
#   make.sh DIR             both steps
#   make.sh DIR --headers   DIR/usr/include and DIR/usr/lib/libSystem.tbd, in seconds: enough for C
#   make.sh DIR --runtime   also libc++ (with libc++abi) and libunwind: DIR/usr/lib/libc++.tbd to link against, and real
#                           arm64 dylibs under DIR/runtime/usr/lib for the loader to load. About five minutes on two cores
#
# A step that is done is not done again (stamps in DIR). Use: clang-19 --target=arm64-apple-macos13 -isysroot DIR
# The PyPI package ziglang carries Darwin's headers, libSystem.tbd, and the sources of libc++, libc++abi and libunwind.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
package=ziglang==0.17.0
[ $# -ge 1 ] || { sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 2; }
mkdir -p "$1"; sdk=$(cd "$1" && pwd); step=${2:---runtime}; work=$sdk/.work

# Two that run at once: the second waits, and finds the stamp.
exec 9> "$sdk/.lock"; flock 9

# Takes what is needed out of the package, about 20 of its 400 MB.
unpack() {
  [ -e "$sdk/.sources" ] && return
  rm -rf "$work"; mkdir -p "$work"
  python3 -m pip download -q --disable-pip-version-check --no-deps -d "$work" "$package"
  python3 - "$work" <<'PY'
import glob, sys, zipfile
wanted = ("libc/include/any-darwin-any/", "libc/darwin/", "libcxx/", "libcxxabi/", "libunwind/")
with zipfile.ZipFile(glob.glob(sys.argv[1] + "/*.whl")[0]) as package:
    package.extractall(sys.argv[1], [n for n in package.namelist() if n.startswith(tuple("ziglang/lib/" + w for w in wanted))])
PY
  rm "$work"/*.whl; touch "$sdk/.sources"
}

headers() {
  # The loader looks there for what libSystem has.
  mkdir -p "$sdk/runtime/usr/lib"; ln -sf ../../../usr/lib/libSystem.tbd "$sdk/runtime/usr/lib/libSystem.B.tbd"
  [ -e "$sdk/.headers" ] && return
  unpack
  local lib=$work/ziglang/lib cxx=$sdk/usr/include/c++/v1
  mkdir -p "$cxx" "$sdk/usr/lib" "$sdk/System/Library/Frameworks"
  cp -r "$lib/libc/include/any-darwin-any/." "$sdk/usr/include/"
  cp -r "$lib/libcxx/include/." "$lib"/libcxxabi/include/*.h "$cxx/"
  # The package passes libc++'s configuration as flags and took the header out: put one back.
  grep -rl 'zig patch: instead of including __config_site' "$cxx" |
    xargs -r sed -i 's|/\* zig patch: instead of including __config_site.*\*/|#include <__config_site>|'
  cp "$here/config_site.h" "$cxx/__config_site"
  # A newer clang than 19 is asked for, but not needed.
  sed -i '/warning "Libc++ only supports Clang/d' "$cxx/__configuration/compiler.h"
  # clang 19's float.h does not know __need_infinity_nan, by which this math.h asks for two macros.
  sed -i 's|^#       undef __need_infinity_nan|&\n#ifndef INFINITY\n#define INFINITY __builtin_inff()\n#endif\n#ifndef NAN\n#define NAN __builtin_nanf("")\n#endif|' "$sdk/usr/include/math.h"
  cp "$here/SDKSettings.json" "$sdk/"
  python3 "$here/stub.py" "$lib/libc/darwin/libSystem.tbd" "$sdk/usr/lib/libSystem.tbd"
  local name; for name in c m pthread dl System.B; do ln -sf libSystem.tbd "$sdk/usr/lib/lib$name.tbd"; done
  touch "$sdk/.headers"
}

# One line of shell for each object of the runtime.
runtime_jobs() {
  local lib=$work/ziglang/lib file name
  local target="nice -n 10 %s --target=arm64-apple-macos13 -isysroot $sdk -w -O1"
  local cxx="-std=c++23 -fno-strict-aliasing -faligned-allocation -D_LIBCPP_BUILDING_LIBRARY -DLIBCXX_BUILDING_LIBCXXABI"
  cxx="$cxx -DLIBC_NAMESPACE=__llvm_libc_common_utils -I$lib/libcxx/src -I$lib/libcxx/libc -I$lib/libcxxabi/include -I$lib/libcxxabi/src"
  local unwind="-I$lib/libunwind/include -D_LIBUNWIND_IS_NATIVE_ONLY -funwind-tables"
  for file in "$lib"/libcxx/src/*.cpp "$lib"/libcxx/src/filesystem/*.cpp "$lib"/libcxx/src/ryu/*.cpp; do
    case $file in *int128_builtins.cpp) continue;; esac
    printf "$target $cxx -c $file -o $work/obj/cxx-$(basename "$file" .cpp).o\n" clang++-19
  done
  for file in "$lib"/libcxxabi/src/*.cpp; do
    case $file in *cxa_noexception.cpp) continue;; esac
    printf "$target $cxx -D_LIBCXXABI_BUILDING_LIBRARY -DHAVE___CXA_THREAD_ATEXIT_IMPL=0 -c $file -o $work/obj/abi-$(basename "$file" .cpp).o\n" clang++-19
  done
  for file in "$lib"/libunwind/src/*.cpp "$lib"/libunwind/src/UnwindLevel1*.c "$lib"/libunwind/src/*.S; do
    name=$(basename "$file")
    case $name in
      *-EHABI.cpp | *-seh.cpp) ;;
      *.cpp) printf "$target $unwind -fno-rtti -fno-exceptions -std=c++17 -c $file -o $work/obj/unw-${name%.*}.o\n" clang++-19 ;;
      *) printf "$target $unwind -c $file -o $work/obj/unw-${name%.*}.o\n" clang-19 ;;
    esac
  done
}

runtime() {
  [ -e "$sdk/.runtime" ] && return
  unpack; mkdir -p "$work/obj" "$sdk/runtime/usr/lib/system"
  runtime_jobs | xargs -P "$(nproc)" -d '\n' -n 1 bash -c
  local ld="ld64.lld-19 -arch arm64 -platform_version macos 13.0 13.0 -syslibroot $sdk -dylib" out=$sdk/runtime/usr/lib
  $ld -install_name /usr/lib/system/libunwind.dylib "$work"/obj/unw-*.o -lSystem -o "$out/system/libunwind.dylib"
  $ld -install_name /usr/lib/libc++.1.dylib -compatibility_version 1 -current_version 1600 \
    "$work"/obj/cxx-*.o "$work"/obj/abi-*.o -lSystem -o "$out/libc++.1.dylib"
  ln -sf libc++.1.dylib "$out/libc++abi.dylib"
  llvm-readtapi-19 --stubify --filetype=tbd-v4 "$out/libc++.1.dylib" -o "$sdk/usr/lib/libc++.tbd"
  sed -i '/^flags:/d' "$sdk/usr/lib/libc++.tbd"
  ln -sf libc++.tbd "$sdk/usr/lib/libc++.1.tbd"
  sed 's|/usr/lib/libc++.1.dylib|/usr/lib/libc++abi.dylib|' "$sdk/usr/lib/libc++.tbd" > "$sdk/usr/lib/libc++abi.tbd"
  rm -rf "$work" "$sdk/.sources"; touch "$sdk/.runtime"
}

case $step in
  --headers) headers ;;
  --runtime) headers; runtime ;;
  *) echo "make.sh: unknown step: $step" >&2; exit 2 ;;
esac
