//! Decisions that the scan and the application of a relocation share: which come out relaxed, which are left to the
//! dynamic linker.

use super::encoding::{self, Load, Operation};
use crate::elf::definitions::{Attr, Linking};
use crate::elf::format::r_x86_64::*;
use crate::elf::format::{Rela, SHF_X86_64_LARGE};
use crate::elf::relocs::{Context, Site, Target};

/// What becomes of a word-sized absolute address (`R_X86_64_64`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// The linker knows it.
    Static,
    /// The linker knows it up to the load address.
    Relative,
    /// The dynamic linker looks the symbol up.
    Symbolic,
    /// A copy of the data is made here; then as [`Word::Static`] or [`Word::Relative`].
    Copy,
    /// A PLT entry here becomes the function's address; then as [`Word::Static`] or [`Word::Relative`].
    CanonicalPlt,
}

/// Decides for a target with facts `attr`, in a section that is `writable` or not.
pub fn word(linking: Linking, attr: Attr, writable: bool) -> Word {
    if attr.has(Attr::DYNAMIC) {
        // A program whose own code takes the address as a number is told that there is none.
        if attr.has(Attr::UNDEFINED_WEAK) && !linking.shared && !(linking.pic && writable) {
            return Word::Static;
        }
        if linking.shared || writable {
            return Word::Symbolic;
        }
        return match () {
            _ if attr.has(Attr::UNDEFINED) => Word::Symbolic,
            _ if attr.has(Attr::FUNC) => Word::CanonicalPlt,
            _ => Word::Copy,
        };
    }
    if attr.has(Attr::IFUNC) {
        return Word::CanonicalPlt;
    }
    if !linking.pic || attr.has(Attr::ABSOLUTE | Attr::UNDEFINED_WEAK | Attr::UNDEFINED) {
        return Word::Static;
    }
    Word::Relative
}

/// A rewritten instruction that loads or calls through the GOT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GotRelax {
    /// `mov foo@GOTPCREL(%rip), %reg` → `lea foo(%rip), %reg`: the opcode is two bytes before the place.
    Lea,
    /// `movrs foo@GOTPCREL(%rip), %reg` → `lea foo(%rip), %reg`, which is shorter.
    SharedLea(Load),
    /// `call *foo@GOTPCREL(%rip)` → `addr32 call foo`.
    Call,
    /// `jmp *foo@GOTPCREL(%rip)` → `jmp foo; nop`.
    Jump,
}

/// Whether a GOT load may become direct (psABI, "Optimize GOTPCRELX Relocations"). `bytes` are the section's.
pub fn got_relax(c: &Context<'_, '_>, site: Site<'_, '_>, target: Target, r: &Rela, bytes: &[u8]) -> Option<GotRelax> {
    let (linking, attr) = (c.linking, target.attr);
    if !c.args.relax || attr.has(Attr::DYNAMIC | Attr::IFUNC | Attr::LARGE) || r.addend() != -4 {
        return None;
    }
    if target.id.is_none() && c.local_section_flags(site, target) & SHF_X86_64_LARGE != 0 {
        return None;
    }
    // An absolute address is no fixed distance from code that may be loaded anywhere.
    if attr.has(Attr::ABSOLUTE | Attr::UNDEFINED_WEAK | Attr::UNDEFINED) && linking.pic || attr.has(Attr::ABSOLUTE) {
        return None;
    }
    let at = usize::try_from(r.offset.get()).ok()?;
    let opcode = at.checked_sub(2).and_then(|start| bytes.get(start..at))?;
    match (r.kind(), opcode[0], opcode[1]) {
        (R_X86_64_GOTPCRELX, 0xff, 0x15) => Some(GotRelax::Call),
        (R_X86_64_GOTPCRELX, 0xff, 0x25) => Some(GotRelax::Jump),
        (R_X86_64_GOTPCRELX | R_X86_64_REX_GOTPCRELX, 0x8b, m) if m & 0xc7 == 5 => Some(GotRelax::Lea),
        (R_X86_64_CODE_4_GOTPCRELX | R_X86_64_CODE_5_GOTPCRELX | R_X86_64_CODE_6_GOTPCRELX, 0x8b, _) => {
            let load = encoding::decode(r.kind(), bytes, at)?;
            Some(if load.is_plain { GotRelax::Lea } else { GotRelax::SharedLea(load) })
        }
        _ => None,
    }
}

/// How a thread-local access comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// As compiled.
    Keep,
    /// Through a GOT slot with the offset from the thread pointer.
    InitialExec,
    /// With the offset in the instruction.
    LocalExec,
}

/// Decides for general dynamic and descriptor accesses.
pub fn tls_dynamic(linking: Linking, attr: Attr) -> Tls {
    match (linking.shared, attr.has(Attr::DYNAMIC)) {
        (true, _) => Tls::Keep,
        (false, true) => Tls::InitialExec,
        (false, false) => Tls::LocalExec,
    }
}

/// Decides for initial exec accesses; only known instructions can be rewritten.
pub fn tls_initial(linking: Linking, attr: Attr, r: &Rela, bytes: &[u8]) -> Tls {
    if linking.shared || attr.has(Attr::DYNAMIC) {
        return Tls::InitialExec;
    }
    let at = usize::try_from(r.offset.get()).ok();
    match at.and_then(|at| encoding::decode(r.kind(), bytes, at)) {
        Some(load) if load.operation != Operation::Lea => Tls::LocalExec,
        _ => Tls::InitialExec,
    }
}
