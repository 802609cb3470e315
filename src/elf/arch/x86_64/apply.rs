//! Applies x86-64 relocations to an atom's bytes in the output (psABI, "Relocation"). S A P G GOT are the
//! specification's letters.

#![allow(non_snake_case)]

use super::encoding::{self, Operation};
use super::rules::{self, GotRelax, Tls, Word};
use crate::base::ids::{FileId, NONE};
use crate::elf::definitions::Attr;
use crate::elf::format::r_x86_64::*;
use crate::elf::format::*;
use crate::elf::image::{GONE, Image};
use crate::elf::merge::View;
use crate::elf::relocs::{Site, Target};
use crate::elf::relr;

/// Dynamic relocations of one atom, in the order of its own.
pub trait DynamicSink {
    /// `*place = base + addend`.
    fn relative(&mut self, place: u64, addend: u64);
    /// `*place = address of symbol + addend`.
    fn symbolic(&mut self, place: u64, kind: u32, symbol: u32, addend: i64);
}

/// What went wrong with one relocation.
#[derive(Debug)]
pub struct Failure {
    /// Index of the relocation.
    pub index: usize,
    /// In words.
    pub what: String,
}

/// How the words of [`Failure::what`] begin where a value does not fit.
pub const OUT_OF_RANGE: &str = "is out of range";

fn out_of_range(value: i64, low: i64, high: i64) -> String {
    format!("{OUT_OF_RANGE}: {value} is not in [{low}, {high}]")
}

/// The bytes that a relocation changes. The scan checks those of whole sections, but a record of `.eh_frame` ends before
/// its section does, and what the scan takes for a part of a sequence may turn out not to be one.
#[inline]
fn field(out: &mut [u8], at: usize, width: usize) -> Result<&mut [u8], String> {
    at.checked_add(width).and_then(|end| out.get_mut(at..end)).ok_or_else(|| "lies outside its section".to_string())
}

/// Writes the low bytes of `value` after checking that they are all of it.
#[inline]
fn put_signed(out: &mut [u8], at: usize, width: usize, value: i64) -> Result<(), String> {
    let bits = width as u32 * 8;
    let (low, high) = (-(1i64 << (bits - 1)), (1i64 << (bits - 1)) - 1);
    if value < low || value > high {
        return Err(out_of_range(value, low, high));
    }
    field(out, at, width)?.copy_from_slice(&value.to_le_bytes()[..width]);
    Ok(())
}

#[inline]
fn put_unsigned(out: &mut [u8], at: usize, width: usize, value: i64) -> Result<(), String> {
    let high = (1i64 << (width * 8)) - 1;
    if value < 0 || value > high {
        return Err(out_of_range(value, 0, high));
    }
    field(out, at, width)?.copy_from_slice(&value.to_le_bytes()[..width]);
    Ok(())
}

/// 8- and 16-bit fields are used for signed and unsigned values alike.
fn put_either(out: &mut [u8], at: usize, width: usize, value: i64) -> Result<(), String> {
    let bits = width as u32 * 8;
    let (low, high) = (-(1i64 << (bits - 1)), (1i64 << bits) - 1);
    if value < low || value > high {
        return Err(out_of_range(value, low, high));
    }
    field(out, at, width)?.copy_from_slice(&value.to_le_bytes()[..width]);
    Ok(())
}

#[inline]
fn put64(out: &mut [u8], at: usize, value: u64) -> Result<(), String> {
    field(out, at, 8)?.copy_from_slice(&value.to_le_bytes());
    Ok(())
}

const BEYOND: &str = "refers to a place beyond the end of its section, whose contents are merged";
const NOT_CALL: &str = "is not in the code sequence that the ABI prescribes for __tls_get_addr";
const NOT_INITIAL_EXEC: &str = "is not in an instruction that the ABI prescribes for thread-pointer offsets";
const NOT_DESCRIPTOR: &str = "is not in the code sequence that the ABI prescribes for TLS descriptors";

/// Bytes of the output that are relocated.
pub struct Place<'o> {
    /// A copy of the section's bytes, or of some of them.
    pub bytes: &'o mut [u8],
    /// Address of the first.
    pub addr: u64,
    /// Offset of the first in its section: not 0 for a record of `.eh_frame`.
    pub start: u64,
}

/// Applies the relocations of (a part of) one loaded atom.
pub fn atom<'a>(
    image: &Image<'_, 'a>,
    site: Site<'_, 'a>,
    relocations: &[Rela],
    place: Place<'_>,
    sink: &mut dyn DynamicSink,
    failures: &mut Vec<Failure>,
) {
    let Place { bytes: out, addr, start } = place;
    let near = NearValues::new(image, site.file);
    let mut one = One { image, site, near, addr, start, out, sink };
    let mut i = 0;
    while i < relocations.len() {
        if one.near(&relocations[i]) {
            i += 1;
            continue;
        }
        match one.apply(&relocations[i], relocations.get(i + 1)) {
            Ok(skip) => i += skip,
            Err(what) => {
                // The scan took the one after it for a part of the sequence, and counted nothing for it.
                let is_sequence = matches!(relocations[i].kind(), R_X86_64_TLSGD | R_X86_64_TLSLD);
                failures.push(Failure { index: i, what });
                i += usize::from(is_sequence);
            }
        }
        i += 1;
    }
}

/// What the symbols of a file mean, as far as that can be told at once.
struct NearValues<'x, 'a> {
    image: &'x Image<'x, 'a>,
    values: &'x [u64],
    /// The merged section that was asked for last: it is asked for again and again.
    last: Option<Strings<'x>>,
}

/// A merged section, as relocations see it.
struct Strings<'x> {
    /// The value of its symbol.
    value: u64,
    /// Address of its class.
    addr: u64,
    view: View<'x>,
}

impl<'x, 'a> NearValues<'x, 'a> {
    fn new(image: &'x Image<'x, 'a>, file: FileId) -> Self {
        NearValues { image, values: image.near.of(file), last: None }
    }

    /// Where a relocation leads, its addend included; `None` where that takes more.
    #[inline]
    fn address(&mut self, r: &Rela) -> Option<u64> {
        let value = *self.values.get(r.symbol() as usize)?;
        if Image::is_plain(value) { Some(value.wrapping_add(r.addend() as u64)) } else { self.place(value, r.addend()) }
    }

    /// The same for a value that is no address: the place of a string.
    #[inline]
    fn place(&mut self, value: u64, addend: i64) -> Option<u64> {
        if self.last.as_ref().is_none_or(|last| last.value != value) {
            let (addr, view) = self.image.near_view(value)?;
            self.last = Some(Strings { value, addr, view });
        }
        let Strings { addr, view, .. } = self.last.as_ref()?;
        Some(addr.wrapping_add(view.place(addend as u64)?))
    }
}

struct One<'x, 'a, 'o> {
    image: &'x Image<'x, 'a>,
    site: Site<'x, 'a>,
    near: NearValues<'x, 'a>,
    addr: u64,
    start: u64,
    out: &'o mut [u8],
    sink: &'o mut dyn DynamicSink,
}

impl<'a> One<'_, 'a, '_> {
    /// Nearly all relocations are 32 bits relative to the place, of something in this output or of its GOT entry, or whole
    /// words: those are applied here. Leaves everything else, what is out of range included, to [`One::apply`].
    #[inline]
    fn near(&mut self, r: &Rela) -> bool {
        let kind = r.kind();
        if !matches!(kind, R_X86_64_PC32 | R_X86_64_PLT32 | R_X86_64_64 | R_X86_64_GOTPCREL) {
            return false;
        }
        let Some(mut S) = self.near.address(r) else { return false };
        if kind == R_X86_64_GOTPCREL {
            let Some(G) = self.near_got(r.symbol()) else { return false };
            S = G.wrapping_add(r.addend() as u64);
        }
        let offset = r.offset.get().wrapping_sub(self.start);
        let (Ok(at), P) = (usize::try_from(offset), self.addr.wrapping_add(offset)) else { return false };
        if kind == R_X86_64_64 {
            return self.relative(at, P, S).is_ok();
        }
        let Ok(value) = i32::try_from(S.wrapping_sub(P) as i64) else { return false };
        match at.checked_add(4).and_then(|end| self.out.get_mut(at..end)) {
            Some(place) => place.copy_from_slice(&value.to_le_bytes()),
            None => return false,
        }
        true
    }

    /// The GOT entry of a global symbol.
    #[inline]
    fn near_got(&self, index: u32) -> Option<u64> {
        let image = self.image;
        let first_global = self.site.object.first_global;
        let id = (index >= first_global).then(|| image.c.interned.id(self.site.file, index, first_global))?;
        let places = image.slots.global(id).filter(|p| p.got != NONE)?;
        Some(image.got_addr(places.got))
    }

    /// Stores the address `S` of something in this output.
    #[inline]
    fn relative(&mut self, at: usize, P: u64, S: u64) -> Result<(), String> {
        let place = field(self.out, at, 8)?;
        let c = self.image.c;
        let is_dynamic = c.linking.pic && {
            let header = &self.site.object.sections[self.site.section as usize];
            !relr::is_packed(c.args, header, at as u64)
        };
        if !is_dynamic || c.args.apply_dynamic_relocs {
            place.copy_from_slice(&S.to_le_bytes());
        }
        if is_dynamic {
            self.sink.relative(P, S);
        }
        Ok(())
    }

    fn apply(&mut self, r: &Rela, next: Option<&Rela>) -> Result<usize, String> {
        let kind = r.kind();
        if kind == R_X86_64_NONE {
            return Ok(0);
        }
        let image = self.image;
        // Both were checked by the scan, which reported what it could not use.
        let Some(target) = image.c.target(self.site, r) else { return Ok(0) };
        let offset = r.offset.get().wrapping_sub(self.start);
        let at = usize::try_from(offset).map_err(|_| "lies outside its section")?;
        let P = self.addr.wrapping_add(offset);
        let Some((S, A)) = image.value(self.site, target, r) else { return self.dropped(target, at, kind) };
        let S = S.wrapping_add(A as u64);
        let out = &mut *self.out;
        let pc = |value: u64| value.wrapping_sub(P) as i64;
        match kind {
            R_X86_64_PC32 if !target.attr.has(Attr::DYNAMIC) => put_signed(out, at, 4, pc(S))?,
            R_X86_64_PLT32 => {
                let to = self.call_target(target, S, A);
                put_signed(self.out, at, 4, pc(to))?;
            }
            R_X86_64_64 => self.word(target, at, P, S, A)?,
            R_X86_64_PC32 => put_signed(out, at, 4, pc(S))?,
            R_X86_64_PC64 => put64(out, at, pc(S) as u64)?,
            R_X86_64_PC16 => put_signed(out, at, 2, pc(S))?,
            R_X86_64_PC8 => put_signed(out, at, 1, pc(S))?,
            R_X86_64_32 => put_unsigned(out, at, 4, S as i64)?,
            R_X86_64_32S => put_signed(out, at, 4, S as i64)?,
            R_X86_64_16 => put_either(out, at, 2, S as i64)?,
            R_X86_64_8 => put_either(out, at, 1, S as i64)?,
            R_X86_64_GOTPCRELX
            | R_X86_64_REX_GOTPCRELX
            | R_X86_64_CODE_4_GOTPCRELX
            | R_X86_64_CODE_5_GOTPCRELX
            | R_X86_64_CODE_6_GOTPCRELX => {
                let input = self.site.object.section_bytes(self.site.section).unwrap_or(&[]);
                match rules::got_relax(image.c, self.site, target, r, input) {
                    Some(relax) => relax_got(out, at, relax, S.wrapping_sub(P) as i64)?,
                    None => {
                        let G = self.got(target)?;
                        put_signed(self.out, at, 4, pc(G.wrapping_add(A as u64)))?;
                    }
                }
            }
            R_X86_64_GOTPCREL => {
                let G = self.got(target)?;
                put_signed(self.out, at, 4, pc(G.wrapping_add(A as u64)))?;
            }
            R_X86_64_GOTPCREL64 => {
                let G = self.got(target)?;
                put64(self.out, at, pc(G.wrapping_add(A as u64)) as u64)?;
            }
            R_X86_64_GOT32 => {
                let G = self.got(target)?;
                put_signed(self.out, at, 4, G.wrapping_sub(image.got_base()).wrapping_add(A as u64) as i64)?;
            }
            R_X86_64_GOT64 => {
                let G = self.got(target)?;
                put64(self.out, at, G.wrapping_sub(image.got_base()).wrapping_add(A as u64))?;
            }
            R_X86_64_GOTOFF64 => put64(out, at, S.wrapping_sub(image.got_base()))?,
            R_X86_64_GOTPC32 => put_signed(out, at, 4, pc(image.got_base().wrapping_add(A as u64)))?,
            R_X86_64_GOTPC64 => put64(out, at, pc(image.got_base().wrapping_add(A as u64)) as u64)?,
            R_X86_64_PLTOFF64 => {
                let to = self.call_target(target, S, A);
                put64(self.out, at, to.wrapping_sub(image.got_base()))?;
            }
            R_X86_64_SIZE32 => {
                let size = self.size(target).wrapping_add(A as u64);
                put_unsigned(self.out, at, 4, size as i64)?;
            }
            R_X86_64_SIZE64 => {
                let size = self.size(target).wrapping_add(A as u64);
                put64(self.out, at, size)?;
            }
            R_X86_64_TLSGD => return self.general_dynamic(target, r, next, at, P, S, A),
            R_X86_64_TLSLD => return self.local_dynamic(next, at, P, A),
            R_X86_64_DTPOFF32 => {
                let offset = self.dtpoff(S);
                put_signed(self.out, at, 4, offset)?;
            }
            R_X86_64_DTPOFF64 => {
                let offset = self.dtpoff(S);
                put64(self.out, at, offset as u64)?;
            }
            R_X86_64_TPOFF32 => {
                let offset = self.tpoff(target, S);
                put_signed(self.out, at, 4, offset)?;
            }
            R_X86_64_TPOFF64 => {
                let offset = self.tpoff(target, S);
                put64(self.out, at, offset as u64)?;
            }
            R_X86_64_GOTTPOFF | R_X86_64_CODE_4_GOTTPOFF | R_X86_64_CODE_5_GOTTPOFF | R_X86_64_CODE_6_GOTTPOFF => {
                self.initial_exec(target, r, at, P, S, A)?;
            }
            R_X86_64_GOTPC32_TLSDESC
            | R_X86_64_CODE_4_GOTPC32_TLSDESC
            | R_X86_64_CODE_5_GOTPC32_TLSDESC
            | R_X86_64_CODE_6_GOTPC32_TLSDESC => self.descriptor(target, kind, at, P, S, A)?,
            R_X86_64_TLSDESC_CALL if rules::tls_dynamic(image.c.linking, target.attr) != Tls::Keep => {
                // call *(%rax) → xchg %ax,%ax
                let code = field(out, at, 2)?;
                if *code != [0xff, 0x10] {
                    return Err(NOT_DESCRIPTOR.to_string());
                }
                code.copy_from_slice(&[0x66, 0x90]);
            }
            _ => {}
        }
        Ok(0)
    }

    /// A reference to something that the output does not have.
    fn dropped(&mut self, target: Target, at: usize, kind: u32) -> Result<usize, String> {
        let section = self.site.object.section_name(self.site.section).unwrap_or(b"");
        // Tables of unwind data list functions that went with their group.
        if section.starts_with(b".gcc_except_table") || section.starts_with(b".eh_frame") {
            let width = if kind == R_X86_64_64 || kind == R_X86_64_PC64 { 8 } else { 4 };
            if let Some(place) = self.out.get_mut(at..at + width) {
                place.fill(0);
            }
            return Ok(0);
        }
        if self.image.is_beyond(self.site, target) {
            return Err(BEYOND.to_string());
        }
        Err("refers to a discarded section: another file has the group that it belongs to".to_string())
    }

    fn call_target(&self, target: Target, value: u64, addend: i64) -> u64 {
        if !target.attr.has(Attr::DYNAMIC | Attr::IFUNC) {
            return value;
        }
        let places = self.image.places(self.site, target);
        match places.and_then(|p| self.image.plt_addr(p)) {
            Some(entry) => entry.wrapping_add(addend as u64),
            None => value,
        }
    }

    fn got(&self, target: Target) -> Result<u64, String> {
        let places = self.image.places(self.site, target).filter(|p| p.got != NONE);
        Ok(self.image.got_addr(places.ok_or("has no GOT entry")?.got))
    }

    fn word(&mut self, target: Target, at: usize, P: u64, S: u64, A: i64) -> Result<(), String> {
        let linking = self.image.c.linking;
        let header = &self.site.object.sections[self.site.section as usize];
        let writable = header.flags.get() & SHF_WRITE != 0;
        match rules::word(linking, target.attr, writable) {
            Word::Symbolic => {
                let symbol = self.image.places(self.site, target).map_or(0, |p| p.dynsym);
                self.sink.symbolic(P, R_X86_64_64, symbol, A);
                if self.image.c.args.apply_dynamic_relocs {
                    put64(self.out, at, A as u64)?;
                }
                Ok(())
            }
            Word::Static => put64(self.out, at, S),
            Word::Relative | Word::Copy | Word::CanonicalPlt => self.relative(at, P, S),
        }
    }

    fn size(&self, target: Target) -> u64 {
        let image = self.image;
        match target.id {
            None => self.site.object.symbols[target.index as usize].size.get(),
            Some(id) => {
                let winner = image.c.definitions.winners[id.idx()];
                // Nobody may have defined it.
                let file = image.c.files.list.get(winner.file().idx());
                let symbols = file.and_then(|f| f.object().map(|o| o.symbols).or(f.shared().map(|s| s.symbols)));
                symbols.and_then(|s| s.get(winner.index() as usize)).map_or(0, |s| s.size.get())
            }
        }
    }

    fn tpoff(&self, target: Target, S: u64) -> i64 {
        // A weak thread-local symbol that nobody defines has offset zero.
        if target.attr.has(Attr::UNDEFINED_WEAK | Attr::UNDEFINED) {
            return S as i64;
        }
        S.wrapping_sub(self.image.layout.tls.1) as i64
    }

    /// Offset in the TLS block; in an executable the accesses around it became local exec.
    fn dtpoff(&self, S: u64) -> i64 {
        let tls = self.image.layout.tls;
        let loaded = self.site.object.sections[self.site.section as usize].flags.get() & SHF_ALLOC != 0;
        let base = if self.image.c.linking.shared || !loaded { tls.0 } else { tls.1 };
        S.wrapping_sub(base) as i64
    }

    /// GOT slot with the offset from the thread pointer.
    fn gottp(&self, target: Target) -> Result<u64, String> {
        let places = self.image.places(self.site, target).filter(|p| p.gottp != NONE);
        Ok(self.image.got_addr(places.ok_or("has no GOT entry for its thread-pointer offset")?.gottp))
    }

    /// The instruction bytes around a TLS sequence, if they are all there.
    fn code(&mut self, at: usize, before: usize, after: usize) -> Result<&mut [u8], String> {
        let start = at.checked_sub(before).ok_or("is at the wrong place for its instructions")?;
        self.out.get_mut(start..at + after).ok_or_else(|| "is at the wrong place for its instructions".to_string())
    }

    /// `lea x@tlsgd(%rip),%rdi; call __tls_get_addr` in its forms (psABI, "GD → IE/LE Code Transition").
    #[allow(clippy::too_many_arguments)]
    fn general_dynamic(
        &mut self,
        target: Target,
        _r: &Rela,
        next: Option<&Rela>,
        at: usize,
        P: u64,
        S: u64,
        A: i64,
    ) -> Result<usize, String> {
        let image = self.image;
        let decision = rules::tls_dynamic(image.c.linking, target.attr);
        if decision == Tls::Keep {
            let places = image.places(self.site, target).filter(|p| p.tlsgd != NONE).ok_or("has no GOT entries")?;
            let G = image.got_addr(places.tlsgd);
            put_signed(self.out, at, 4, G.wrapping_add(A as u64).wrapping_sub(P) as i64)?;
            return Ok(0);
        }
        let next = next.ok_or("is not followed by the call of __tls_get_addr")?;
        let from = self.start + at as u64;
        let large = next.kind() == R_X86_64_PLTOFF64;
        let value = match decision {
            // The addend accounts for the end of the `lea`.
            Tls::LocalExec => self.tpoff(target, S.wrapping_sub(A as u64)),
            _ => {
                let G = self.gottp(target)?;
                // The rewritten load ends 8 bytes after the place (11 in the large form, counted from its start).
                G.wrapping_sub(P.wrapping_add(if large { 9 } else { 12 })) as i64
            }
        };
        if large {
            // lea x@tlsgd(%rip),%rdi; movabs $__tls_get_addr@pltoff,%rax; add %rbx,%rax; call *%rax
            let code = self.code(at, 3, 19)?;
            if code[..3] != [0x48, 0x8d, 0x3d] || next.offset.get() != from + 6 {
                return Err(NOT_CALL.to_string());
            }
            if decision == Tls::LocalExec {
                // mov %fs:0,%rax; lea x@tpoff(%rax),%rax; nopw
                code[..22].copy_from_slice(&[
                    0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0, 0x48, 0x8d, 0x80, 0, 0, 0, 0, 0x66, 0x0f, 0x1f, 0x44, 0,
                    0,
                ]);
                put_signed(code, 12, 4, value)?;
            } else {
                // mov %fs:0,%rax; add x@gottpoff(%rip),%rax; nopw
                code[..22].copy_from_slice(&[
                    0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0, 0x48, 0x03, 0x05, 0, 0, 0, 0, 0x66, 0x0f, 0x1f, 0x44, 0,
                    0,
                ]);
                put_signed(code, 12, 4, value.wrapping_sub(4))?;
            }
            return Ok(1);
        }
        // data16 lea x@tlsgd(%rip),%rdi; then 8 bytes of call: data16 data16 rex64 call, or data16 call *…(%rip)
        let code = self.code(at, 4, 12)?;
        if code[..4] != [0x66, 0x48, 0x8d, 0x3d] || !is_call(next, from + 8) {
            return Err(NOT_CALL.to_string());
        }
        if decision == Tls::LocalExec {
            // mov %fs:0,%rax; lea x@tpoff(%rax),%rax
            code.copy_from_slice(&[0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0, 0x48, 0x8d, 0x80, 0, 0, 0, 0]);
        } else {
            // mov %fs:0,%rax; add x@gottpoff(%rip),%rax
            code.copy_from_slice(&[0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0, 0x48, 0x03, 0x05, 0, 0, 0, 0]);
        }
        put_signed(code, 12, 4, value)?;
        Ok(1)
    }

    /// `lea x@tlsld(%rip),%rdi; call __tls_get_addr` (psABI, "LD → LE Code Transition").
    fn local_dynamic(&mut self, next: Option<&Rela>, at: usize, P: u64, A: i64) -> Result<usize, String> {
        if self.image.c.linking.shared {
            let G = self.image.got_addr(self.image.slots.tls_module);
            put_signed(self.out, at, 4, G.wrapping_add(A as u64).wrapping_sub(P) as i64)?;
            return Ok(0);
        }
        let next = next.ok_or("is not followed by the call of __tls_get_addr")?;
        let from = self.start + at as u64;
        // mov %fs:0,%rax, padded to the length of the call that follows
        match next.kind() {
            R_X86_64_PLT32 | R_X86_64_PC32 if is_call(next, from + 5) => {
                let code = self.code(at, 3, 9)?;
                if code[..3] != [0x48, 0x8d, 0x3d] || code[7] != 0xe8 {
                    return Err(NOT_CALL.to_string());
                }
                code.copy_from_slice(&[0x66, 0x66, 0x66, 0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0]);
            }
            R_X86_64_GOTPCREL | R_X86_64_GOTPCRELX if is_call(next, from + 6) => {
                let code = self.code(at, 3, 10)?;
                if code[..3] != [0x48, 0x8d, 0x3d] || code[7..9] != [0xff, 0x15] {
                    return Err(NOT_CALL.to_string());
                }
                code.copy_from_slice(&[0x66, 0x66, 0x66, 0x66, 0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0]);
            }
            R_X86_64_PLTOFF64 if next.offset.get() == from + 6 => {
                let code = self.code(at, 3, 19)?;
                if code[..3] != [0x48, 0x8d, 0x3d] {
                    return Err(NOT_CALL.to_string());
                }
                code[..22].copy_from_slice(&[
                    0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0, 0x66, 0x66, 0x66, 0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0,
                    0, 0,
                ]);
            }
            _ => return Err("is not followed by the call of __tls_get_addr".to_string()),
        }
        Ok(1)
    }

    /// `mov|add x@gottpoff(%rip),%reg` (psABI, "IE → LE Code Transition").
    fn initial_exec(&mut self, target: Target, r: &Rela, at: usize, P: u64, S: u64, A: i64) -> Result<(), String> {
        let input = self.site.object.section_bytes(self.site.section).unwrap_or(&[]);
        if rules::tls_initial(self.image.c.linking, target.attr, r, input) == Tls::InitialExec {
            let G = self.gottp(target)?;
            return put_signed(self.out, at, 4, G.wrapping_add(A as u64).wrapping_sub(P) as i64);
        }
        let value = self.tpoff(target, S.wrapping_sub(A as u64));
        // The bytes before the place are those of the input: nothing but this relocation changes them.
        let load = encoding::decode(r.kind(), self.out, at).ok_or(NOT_INITIAL_EXEC)?;
        load.with_immediate(self.code(at, load.length(), 0)?);
        put_signed(self.out, at, 4, value)
    }

    /// `lea x@tlsdesc(%rip),%rax` (psABI, "TLS Descriptors").
    fn descriptor(&mut self, target: Target, kind: u32, at: usize, P: u64, S: u64, A: i64) -> Result<(), String> {
        let image = self.image;
        let load = encoding::decode(kind, self.out, at).filter(|l| l.operation == Operation::Lea).ok_or(NOT_DESCRIPTOR);
        match rules::tls_dynamic(image.c.linking, target.attr) {
            Tls::Keep => {
                let places =
                    image.places(self.site, target).filter(|p| p.tlsdesc != NONE).ok_or("has no GOT entries")?;
                let G = image.got_addr(places.tlsdesc);
                put_signed(self.out, at, 4, G.wrapping_add(A as u64).wrapping_sub(P) as i64)
            }
            Tls::InitialExec => {
                // mov x@gottpoff(%rip),%reg
                let (G, _) = (self.gottp(target)?, load?);
                self.code(at, 2, 0)?[0] = 0x8b;
                put_signed(self.out, at, 4, G.wrapping_add(A as u64).wrapping_sub(P) as i64)
            }
            Tls::LocalExec => {
                // mov $x@tpoff,%reg
                let (value, load) = (self.tpoff(target, S.wrapping_sub(A as u64)), load?);
                load.with_immediate(self.code(at, load.length(), 0)?);
                put_signed(self.out, at, 4, value)
            }
        }
    }
}

/// The relocation of the call in a sequence, whose operand is at `offset`.
fn is_call(r: &Rela, offset: u64) -> bool {
    let kinds = [R_X86_64_PLT32, R_X86_64_PC32, R_X86_64_GOTPCREL, R_X86_64_GOTPCRELX, R_X86_64_REX_GOTPCRELX];
    kinds.contains(&r.kind()) && r.offset.get() == offset
}

fn relax_got(out: &mut [u8], at: usize, relax: GotRelax, value: i64) -> Result<(), String> {
    // The opcode is there, as the decision looked at it, unless a record of `.eh_frame` begins behind it.
    let before = if let GotRelax::SharedLea(load) = relax { load.length() } else { 2 };
    let code = field(out, at.wrapping_sub(before), before + 4)?;
    match relax {
        GotRelax::Lea => code[0] = 0x8d,
        GotRelax::SharedLea(load) => load.with_address(&mut code[..before]),
        GotRelax::Call => code[..2].copy_from_slice(&[0x67, 0xe8]),
        GotRelax::Jump => {
            // One byte shorter: the displacement moves forward, a nop fills up.
            (code[0], code[5]) = (0xe9, 0x90);
            return put_signed(code, 1, 4, value.wrapping_add(1));
        }
    }
    put_signed(code, before, 4, value)
}

/// Applies the relocations of an atom that is not loaded (debug information): no GOT, no dynamic relocations, and what
/// was dropped becomes `tombstone`.
pub fn unloaded<'a>(
    image: &Image<'_, 'a>,
    site: Site<'_, 'a>,
    relocations: &[Rela],
    tombstone: u64,
    out: &mut [u8],
    failures: &mut Vec<Failure>,
) {
    let mut near = NearValues::new(image, site.file);
    for (index, r) in relocations.iter().enumerate() {
        if near.apply_unloaded(r, tombstone, out) {
            continue;
        }
        if let Err(what) = unloaded_one(image, site, r, tombstone, out) {
            failures.push(Failure { index, what });
        }
    }
}

impl NearValues<'_, '_> {
    /// The common case of [`unloaded_one`], as [`One::near`] is that of [`One::apply`]: an address, the place of a string, or
    /// something that was dropped.
    #[inline]
    fn apply_unloaded(&mut self, r: &Rela, tombstone: u64, out: &mut [u8]) -> bool {
        let kind = r.kind();
        if !matches!(kind, R_X86_64_32 | R_X86_64_64) {
            return false;
        }
        let S = match self.values.get(r.symbol() as usize) {
            Some(&GONE) => Some(tombstone),
            _ => self.address(r),
        };
        let place = usize::try_from(r.offset.get()).ok().and_then(|at| out.get_mut(at..));
        let Some((S, place)) = S.zip(place) else { return false };
        // Each width by itself: to copy so many bytes as a variable says is a call.
        if kind == R_X86_64_64 {
            return place.first_chunk_mut().map(|word| *word = S.to_le_bytes()).is_some();
        }
        u32::try_from(S).ok().zip(place.first_chunk_mut()).map(|(S, word)| *word = S.to_le_bytes()).is_some()
    }
}

#[inline]
fn unloaded_one<'a>(
    image: &Image<'_, 'a>,
    site: Site<'_, 'a>,
    r: &Rela,
    tombstone: u64,
    out: &mut [u8],
) -> Result<(), String> {
    let kind = r.kind();
    let width = match kind {
        R_X86_64_NONE => return Ok(()),
        // gcc describes constants in literal pools by GOT offsets under -mcmodel=large.
        R_X86_64_64 | R_X86_64_DTPOFF64 | R_X86_64_PC64 | R_X86_64_SIZE64 | R_X86_64_GOTOFF64 => 8,
        R_X86_64_32 | R_X86_64_32S | R_X86_64_DTPOFF32 | R_X86_64_PC32 | R_X86_64_SIZE32 | R_X86_64_PLT32 => 4,
        R_X86_64_16 | R_X86_64_PC16 => 2,
        R_X86_64_8 | R_X86_64_PC8 => 1,
        _ => return Err("is of a type that sections which are not loaded cannot have".to_string()),
    };
    let at =
        usize::try_from(r.offset.get()).ok().filter(|at| *at <= out.len().saturating_sub(width) && width <= out.len());
    let at = at.ok_or_else(|| format!("lies outside its section of {} bytes", out.len()))?;
    if r.symbol() as usize >= site.object.symbols.len().max(1) {
        return Err(format!("names symbol {}, which does not exist", r.symbol()));
    }
    let value = match image.c.target(site, r) {
        None => tombstone,
        Some(target) if target.attr.has(Attr::UNDEFINED | Attr::UNDEFINED_WEAK | Attr::SHARED) => {
            (r.addend() as u64).wrapping_mul(u64::from(r.symbol() == 0))
        }
        Some(target) => match image.value(site, target, r) {
            None if image.is_beyond(site, target) => return Err(BEYOND.to_string()),
            None => tombstone,
            Some((S, A)) => {
                let S = S.wrapping_add(A as u64);
                match kind {
                    R_X86_64_DTPOFF32 | R_X86_64_DTPOFF64 => S.wrapping_sub(image.layout.tls.0),
                    R_X86_64_PC64 | R_X86_64_PC32 | R_X86_64_PLT32 | R_X86_64_PC16 | R_X86_64_PC8 => {
                        S.wrapping_sub(r.offset.get())
                    }
                    R_X86_64_SIZE32 | R_X86_64_SIZE64 => r.addend() as u64,
                    R_X86_64_GOTOFF64 => S.wrapping_sub(image.got_base()),
                    _ => S,
                }
            }
        },
    };
    match width {
        8 => put64(out, at, value)?,
        // DWARF offsets are unsigned, other users may store negative numbers.
        _ => {
            let bits = width as u32 * 8;
            let wide = value as i64;
            if kind != R_X86_64_32 && wide < 0 && wide >= -(1i64 << (bits - 1)) || wide >= 0 && wide < 1i64 << bits {
                field(out, at, width)?.copy_from_slice(&value.to_le_bytes()[..width]);
            } else {
                return Err(out_of_range(wide, 0, (1i64 << bits) - 1));
            }
        }
    }
    Ok(())
}
