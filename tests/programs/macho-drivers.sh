# Compilers make programs for macOS on Linux with the linker that they find: clang as the README says, flang, and rustc.
. "$(dirname "$0")/macho.bash"
export SDKROOT=$sdk

# The README's own words, with its names of programs: the lines of its section that are indented, with our SDK.
cat > hello.c <<'C'
#include <stdio.h>
int main(void) { puts("hello"); return 0; }
C
sed -n '/^## Link for macOS/,/^## What/s/^    //p' "$repo/README.md" > readme
has readme '^ln -s .*ld64.sinew' '^clang --target=arm64-apple-macos13 .*hello.c'
mkdir -p home/bin tools
ln -s "$SINEW" tools/sinew
ln -s "$clang" tools/clang
(
  export HOME=$PWD/home PATH=$PWD/tools:$PWD/home/bin:/usr/bin:/bin SDK=$sdk
  sed 's/ SDK / "$SDK" /' readme > commands
  sh -e commands
)
same hello "$(run ./a.out)"
"$suite" macho-check a.out

# clang's other ways: a path, C++, a library, a bundle, an older system; and dsymutil, which the driver calls while it
# still has the object.
driver() { "$clang" --target=arm64-apple-macos13 "$@"; }
cat > part.c <<'C'
int answer(void) { return 42; }
C
cat > whole.cc <<'C'
#include <iostream>
extern "C" int answer(void);
int main() { std::cout << answer() << '\n'; }
C
driver --ld-path="$PWD/bin/ld64.sinew" -g hello.c -o hello
same hello "$(run ./hello)"
llvm-dwarfdump-19 --name=main hello.dSYM > dump
has dump 'DW_AT_name.*"main"'
driver -fuse-ld=sinew -dynamiclib -install_name @rpath/libpart.dylib part.c -o libpart.dylib
driver --driver-mode=g++ -fuse-ld=sinew whole.cc -L. -lpart -Wl,-rpath,@executable_path -o whole
same 42 "$(run ./whole)"
driver -fuse-ld=sinew -bundle -Wl,-dead_strip part.c -o part.bundle
driver -fuse-ld=sinew -mmacos-version-min=11.0 -Wl,-no_fixup_chains -O2 hello.c -o older
same hello "$(run ./older)"
for file in hello libpart.dylib whole part.bundle older; do "$suite" macho-check $file; done

# Fortran: modules, a common block, a call to C and back. Of the runtime only what `print *` calls is there, in C.
cat > shapes.f90 <<'F'
module shapes
  implicit none
  integer, save :: made = 0
  real(8), parameter :: third = 1.0d0 / 3.0d0
  integer :: counter
  real(8) :: weights(8)
  common /shared/ counter, weights
contains
  pure real(8) function area(side)
    real(8), intent(in) :: side
    area = side * side * third
  end function
  subroutine note(value)
    real(8), intent(in) :: value
    made = made + 1
    counter = counter + 2
    weights(made) = value
  end subroutine
end module
F
cat > work.f90 <<'F'
integer(4) function work(n) bind(c, name="work")
  use shapes
  use iso_c_binding
  implicit none
  integer(c_int), value :: n
  integer :: i
  do i = 1, n
    call note(area(real(i, 8)))
  end do
  work = made * 1000 + counter * 100 + int(sum(weights(1:n)))
end function
F
cat > main.f90 <<'F'
program main
  use shapes
  interface
    integer(4) function twice(n) bind(c, name="twice")
      integer(4), value :: n
    end function
  end interface
  print *, 'result', twice(6), area(3.0d0)
end program
F
cat > runtime.c <<'C'
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
struct { int32_t counter; double weights[8]; } shared_ = {100};
int work(int n);
int twice(int n) { return 2 * work(n); }
static int cookie;
void _FortranAProgramStart(int count, const char **args, const char **env, const void *defaults) {}
void _FortranAProgramEndStatement(void) { exit(0); }
void *_FortranAioBeginExternalListOutput(int unit, const char *file, int line) { return &cookie; }
_Bool _FortranAioOutputAscii(void *io, const char *text, size_t length) { return printf(" %.*s", (int)length, text); }
_Bool _FortranAioOutputInteger32(void *io, int32_t value) { return printf(" %d", value); }
_Bool _FortranAioOutputReal64(void *io, double value) { return printf(" %.3f", value); }
int _FortranAioEndIoStatement(void *io) { return puts("") < 0; }
C
$clang $target -O1 -w -c runtime.c -o o/runtime.o
for unit in shapes work main; do flang-new-19 --target=arm64-apple-macos11 -O1 -c $unit.f90 -o o/f-$unit.o; done
link fortran "$o"/f-{main,shapes,work}.o "$o/runtime.o"
for format in chained classic; do same ' result 34460 3.000' "$(run $format/fortran)"; done
dumps {chained,classic}/fortran
# The driver names the libraries of its runtime.
llvm-ar-19 --format=darwin rcs libFortranRuntime.a o/runtime.o
llvm-ar-19 --format=darwin rcs libFortranDecimal.a
flang-new-19 --target=arm64-apple-macos13 -isysroot "$sdk" -fuse-ld=sinew "$o"/f-{main,shapes,work}.o -L. -o fortran
same ' result 34460 3.000' "$(run ./fortran)"

# rustc calls the linker by way of clang. There is no `core` for macOS at hand: `tiny` has what two small crates need of it,
# in the words of a compiler of today.
cat > tiny.rs <<'R'
#![no_core]
#![feature(no_core, lang_items, auto_traits)]
#![allow(internal_features, unconditional_recursion)]
#[lang = "pointee_sized"] pub trait PointeeSized {}
#[lang = "meta_sized"] pub trait MetaSized: PointeeSized {}
#[lang = "sized"] pub trait Sized: MetaSized {}
#[lang = "copy"] pub trait Copy {}
#[lang = "legacy_receiver"] pub trait LegacyReceiver {}
#[lang = "freeze"] pub unsafe auto trait Freeze {}
#[lang = "sync"] pub unsafe auto trait Sync {}
impl<T: PointeeSized> LegacyReceiver for &T {}
impl<T: PointeeSized> Copy for *const T {}
impl<T: PointeeSized> Copy for &T {}
impl Copy for i32 {}
impl Copy for u8 {}
#[lang = "mul"] pub trait Mul<R = Self> { type Output; fn mul(self, r: R) -> Self::Output; }
#[lang = "add"] pub trait Add<R = Self> { type Output; fn add(self, r: R) -> Self::Output; }
impl Mul for i32 { type Output = i32; fn mul(self, r: i32) -> i32 { self * r } }
impl Add for i32 { type Output = i32; fn add(self, r: i32) -> i32 { self + r } }
#[lang = "drop_in_place"] unsafe fn drop_in_place<T: PointeeSized>(to: *mut T) { unsafe { drop_in_place(to) } }
#[lang = "eh_personality"] fn personality() {}
#[link(name = "System")] extern "C" {}
R
cat > work.rs <<'R'
#![no_core]
#![feature(no_core, thread_local)]
extern crate tiny;
#[thread_local]
static mut CALLS: i32 = 40;
fn hidden(x: i32) -> i32 { x * 3 }
#[no_mangle]
pub extern "C" fn work(x: i32) -> i32 { unsafe { CALLS = CALLS + 1; hidden(x) + CALLS } }
R
cat > main.rs <<'R'
#![no_core]
#![no_main]
#![feature(no_core)]
extern crate tiny;
extern "C" { fn printf(format: *const u8, ...) -> i32; fn work(x: i32) -> i32; }
static FORMAT: &[u8; 4] = b"%d\n\0";
struct Table { first: extern "C" fn(i32) -> i32, second: extern "C" fn(i32) -> i32 }
static TABLE: Table = Table { first: twice, second: more };
extern "C" fn twice(x: i32) -> i32 { x + x }
extern "C" fn more(x: i32) -> i32 { x + 1 }
#[no_mangle]
pub extern "C" fn main() -> i32 {
    unsafe { printf(FORMAT as *const [u8; 4] as *const u8, work((TABLE.first)(10)) + (TABLE.second)(0)); }
    0
}
R
printf '#!/bin/sh\nexec %s --target=arm64-apple-macos11 --ld-path=%s "$@"\n' "$clang" "$PWD/bin/ld64.sinew" > bin/cc
chmod +x bin/cc
rust() {
  RUSTC_BOOTSTRAP=1 rustc --target aarch64-apple-darwin --edition 2021 -O -g -Cpanic=abort -Coverflow-checks=no -L. \
    -Clinker="$PWD/bin/cc" "$@"
}
rust --crate-type rlib tiny.rs
rust --crate-type cdylib work.rs -Clink-arg=-Wl,-install_name,@rpath/libwork.dylib
rust main.rs -Clink-arg=-lwork -Clink-arg=-Wl,-rpath,@loader_path
llvm-nm-19 --defined-only --extern-only libwork.dylib > dump
same _work "$(sed 's/.* //' dump)"
same 102 "$(run ./main)"
"$suite" macho-check libwork.dylib main
