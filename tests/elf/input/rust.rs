// A Rust object links: v0 and legacy names, .llvm sections, panics that abort.
//# cc-link: rust.o main.o
//# run: exit 42
#![no_std]
#![no_builtins]
#[unsafe(no_mangle)]
pub extern "C" fn answer(x: u32) -> u32 { unsafe { BASE = BASE.wrapping_add(x); BASE } }
static mut BASE: u32 = 41;
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! { loop {} }
//# file: main.c
unsigned answer(unsigned);
int main(void) { return (int)answer(1); }
