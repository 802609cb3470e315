//! The operating system as sinew sees it: mapped inputs, an output that appears whole or not at all, memory in bulk,
//! signals, threads that stay, and the process that outlives its command. Knows nothing of linking; `libc` is named here
//! and nowhere else.
//!
//! * [`input`] maps what is linked.
//! * [`output`] lends slices of the file under construction, and puts it in place.
//! * [`entry`] begins a program.
//! * [`fault`] turns an input that shrinks while mapped into an error message, and removes what a signal leaves behind.
//! * [`memory`] gets memory by the megabyte, in huge pages where there are some; [`heap`] is an allocator on top of it.
//! * [`process`] lets the command end before its clean-up does, and answers small questions about the machine.
//! * [`workers`] keeps threads for the many regions of a link.
//!
//! Linux is what all of it is tuned for; macOS compiles and uses the plain calls.
//!
//! The one hazard that stays: a mapped file that somebody rewrites during the link changes under a `&[u8]`. No system
//! offers a remedy that is not a copy; [`input::Input::unchanged`] detects it afterwards.

mod apart;
pub mod entry;
pub mod fault;
pub mod heap;
pub mod input;
mod map;
pub mod memory;
pub mod output;
pub mod process;
mod recycle;
mod sys;
pub mod workers;
