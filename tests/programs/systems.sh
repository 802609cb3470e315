# Build systems: CMake, Meson and libtool build a C++ project with a shared library, under `sinew run` and with flags of
# their own; and the tools that read the result (gdb, valgrind, perf, strip, objcopy) get on with it.
. "$(dirname "$0")/lib.bash"
mkdir -p bin project && ln -s "$SINEW" bin/ld && ln -s "$SINEW" bin/ld.sinew
cat > project/shape.h <<'H'
#pragma once
#include <string>
#include <vector>
struct Shape {
    virtual ~Shape() = default;
    virtual std::string name() const = 0;
};
std::vector<Shape *> shapes();
extern "C" int area(int width, int height);
H
cat > project/shape.cpp <<'C'
#include "shape.h"
struct Square final : Shape { std::string name() const override { return "square"; } };
std::vector<Shape *> shapes() { static Square square; return {&square, &square}; }
C
cat > project/area.c <<'C'
int area(int width, int height) { return width * height; }
C
cat > project/main.cpp <<'C'
#include "shape.h"
#include <cstdio>
#include <stdexcept>
__attribute__((noinline)) static int deeper(int depth) {
    if (depth == 0) throw std::runtime_error("thrown");
    return deeper(depth - 1) + 1;
}
__attribute__((noinline)) int busy(int rounds) {
    volatile int sum = 0;
    for (int i = 0; i < rounds; i++) sum = sum + i % 7;
    return sum;
}
int main(int count, char **) {
    try { deeper(3); } catch (const std::exception &e) { std::puts(e.what()); }
    std::printf("%s %d %d\n", shapes().back()->name().c_str(), area(6, 7), busy(count == 1 ? 10 : 300000000));
    return 0;
}
C
expected='thrown
square 42 24'

cat > project/CMakeLists.txt <<'T'
cmake_minimum_required(VERSION 3.16)
project(shapes LANGUAGES C CXX VERSION 1.2.3)
include(CTest)
add_library(shape SHARED shape.cpp)
set_target_properties(shape PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 1)
add_library(area STATIC area.c)
add_library(plugin MODULE area.c)
add_executable(main main.cpp)
target_link_libraries(main PRIVATE shape area)
add_test(NAME runs COMMAND main)
install(TARGETS main shape)
T
cat > project/meson.build <<'T'
project('shapes', 'c', 'cpp', version: '1.2.3')
shape = shared_library('shape', 'shape.cpp', version: '1.2.3', install: true)
area = static_library('area', 'area.c')
shared_module('plugin', 'area.c')
main = executable('main', 'main.cpp', link_with: [shape, area], install: true)
test('runs', main)
T

# check FOLDER: what a build left there.
check() {
  local folder=$1 library
  library=$(find "$folder" -name 'libshape.so.1.2.3')
  linked_by_us "$folder/main" "$library"
  same "$expected" "$("$folder/main")"
  readelf -dW "$library" | grep -q 'SONAME.*libshape.so.1]'
}

# CMake: within the run; configured before it; with the linker named.
through sh -c 'cmake -S project -B cmake-1 -G Ninja -DCMAKE_BUILD_TYPE=Debug && cmake --build cmake-1 && cd cmake-1 && ctest'
check cmake-1
DESTDIR=$PWD/installed cmake --install cmake-1
same "$expected" "$(LD_LIBRARY_PATH=$(dirname "$(find installed -name libshape.so.1)") "$(find installed -name main)")"
cmake -S project -B cmake-2 -DCMAKE_BUILD_TYPE=Release -DCMAKE_INTERPROCEDURAL_OPTIMIZATION=OFF
through cmake --build cmake-2
check cmake-2
for flag in "-fuse-ld=lld -B$PWD/bin" "--ld-path=$SINEW"; do
  rm -rf cmake-3
  [ -z "${SINEW_RUN_LINKER:-}" ] || continue
  if [ "${flag#--ld}" = "$flag" ]; then compilers=(gcc g++); ln -sf ld bin/ld.lld; else compilers=("$clang" "$clangxx"); fi
  cmake -S project -B cmake-3 -G Ninja -DCMAKE_C_COMPILER="${compilers[0]}" -DCMAKE_CXX_COMPILER="${compilers[1]}" \
    -DCMAKE_EXE_LINKER_FLAGS="$flag" -DCMAKE_SHARED_LINKER_FLAGS="$flag" -DCMAKE_MODULE_LINKER_FLAGS="$flag"
  cmake --build cmake-3
  check cmake-3
done

# Meson asks the linker who it is, by its version line.
through sh -c 'meson setup meson-1 project --buildtype=debugoptimized && meson compile -C meson-1 && meson test -C meson-1'
check meson-1
DESTDIR=$PWD/installed-2 meson install -C meson-1 --quiet
same "$expected" "$(LD_LIBRARY_PATH=$(dirname "$(find installed-2 -name libshape.so.1)") "$(find installed-2 -name main)")"
if [ -z "${SINEW_RUN_LINKER:-}" ]; then
  LDFLAGS="-B$PWD/bin" meson setup meson-2 project -Db_asneeded=true -Db_pie=true
  meson compile -C meson-2
  check meson-2
  CC=$clang CXX=$clangxx LDFLAGS="--ld-path=$SINEW" meson setup meson-3 project
  meson compile -C meson-3
  check meson-3
fi

# autoconf, automake and libtool: shared and static, a program that relinks on installation.
mkdir auto && cp project/*.cpp project/*.c project/*.h auto
cat > auto/configure.ac <<'T'
AC_INIT([shapes], [1.2.3])
AM_INIT_AUTOMAKE([foreign])
AC_CONFIG_MACRO_DIRS([m4])
AM_PROG_AR
LT_INIT([dlopen])
AC_PROG_CC
AC_PROG_CXX
AC_SEARCH_LIBS([dlopen], [dl])
AC_CONFIG_FILES([Makefile])
AC_OUTPUT
T
cat > auto/Makefile.am <<'T'
lib_LTLIBRARIES = libshape.la
libshape_la_SOURCES = shape.cpp
libshape_la_LDFLAGS = -version-info 3:3:2 -no-undefined -export-symbols-regex '.*shapes.*|_ZT.*'
noinst_LTLIBRARIES = libarea.la
libarea_la_SOURCES = area.c
bin_PROGRAMS = main
main_SOURCES = main.cpp
main_LDADD = libshape.la libarea.la
T
mkdir auto/m4
(cd auto && autoreconf -fi)
for way in run flag; do
  [ -z "${SINEW_RUN_LINKER:-}" ] || [ $way = run ] || continue
  mkdir auto/$way && cd auto/$way
  if [ $way = run ]; then through sh -c "../configure --prefix=$WORK/prefix-run && make -j2 && make install"
  else # (libtool keeps a -B in LDFLAGS from the compiler.)
    ../configure --prefix="$WORK/prefix-flag" CC="gcc -B$WORK/bin" CXX="g++ -B$WORK/bin" LD="$SINEW"
    make -j2 && make install
  fi
  cd ../..
  linked_by_us auto/$way/.libs/main auto/$way/.libs/libshape.so.1.2.3
  same "$expected" "$(auto/$way/main)"
  same "$expected" "$(prefix-$way/bin/main)"
  readelf -dW prefix-$way/lib/libshape.so.1 | grep -q 'SONAME.*libshape.so.1]'
done

# Debugger and profilers see names and lines.
program=cmake-1/main
gdb -nx -batch -ex 'set debuginfod enabled off' -ex 'catch throw' -ex run -ex backtrace -ex 'up 2' -ex 'print depth' \
  -ex 'info symbol area' "$program" > gdb.out 2>&1
has gdb.out 'deeper \(depth=0\) at .*main.cpp:5' 'deeper \(depth=3\) at .*main.cpp:6' 'main \(.*main.cpp:14' '= 1$' 'area in section .text'
gdb -nx -batch -ex 'set debuginfod enabled off' -ex 'set breakpoint pending on' -ex 'break shape.cpp:3' -ex run -ex backtrace -ex finish "$program" > gdb.out 2>&1
has gdb.out '#0 +shapes \(\) at .*shape.cpp:3' '#1 .*main \(.*main.cpp:15' 'Value returned .*shapes\(\)::square'
same "$(printf 'busy(int)\n')" "$(addr2line -Cfe "$program" "0x$(nm -C "$program" | awk '$3 == "busy(int)" { print $1 }')" | head -n 1)"

valgrind --error-exitcode=9 --leak-check=full "$program" > valgrind.out 2>&1 || { cat valgrind.out; fail valgrind; }
has valgrind.out '^thrown' 'square 42 24' 'ERROR SUMMARY: 0 errors'

# Containers often forbid perf, and its package goes by the kernel.
if command -v perf && perf record -o perf.data -e cpu-clock -g "$program" more >perf.log 2>&1; then
  perf report -i perf.data --stdio --no-children >perf.out 2>/dev/null
  has perf.out 'busy'
else
  echo "no perf here"
fi

# What comes after a link.
strip -o stripped "$program"
same "$expected" "$(./stripped)"
objcopy --only-keep-debug "$program" program.debug
objcopy --strip-debug --add-gnu-debuglink=program.debug "$program" debug-apart
same "$expected" "$(./debug-apart)"
gdb -nx -batch -ex 'set debuginfod enabled off' -ex 'break busy' -ex run -ex backtrace ./debug-apart > gdb.out 2>&1
has gdb.out 'busy \(rounds=10\) at .*main.cpp:9'
patchelf --set-rpath "$PWD/cmake-1" --output patched "$program"
same "$expected" "$(./patched)"
objdump -d "$program" > objdump.out
has objdump.out '<main>:' 'call.*<area'
