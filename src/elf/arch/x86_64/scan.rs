//! What each x86-64 relocation needs of its symbol.

use super::rules::{self, Tls, Word};
use crate::elf::definitions::Attr;
use crate::elf::format::r_x86_64::*;
use crate::elf::format::*;
use crate::elf::relocs::{Context, FileScan, Site, Target, allows_text_relocations, need};
use crate::elf::relr;
use std::sync::atomic::Ordering::Relaxed;

/// What to do about an address that is wired into code.
fn not_pic(c: &Context<'_, '_>) -> String {
    match c.linking.shared {
        true => "cannot be used when making a shared object; recompile with -fPIC".to_string(),
        false => {
            "cannot be used when making a position-independent executable; recompile with -fPIE, or link with -no-pie"
                .to_string()
        }
    }
}

/// Scans one relocation. Returns how many of the following ones belong to the same rewritten sequence, or what is
/// wrong.
pub fn relocation(
    c: &Context<'_, '_>,
    site: Site<'_, '_>,
    bytes: &[u8],
    r: &Rela,
    target: Target,
    scan: &mut FileScan<'_>,
) -> Result<usize, String> {
    let attr = target.attr;
    let kind = r.kind();
    if kind != R_X86_64_NONE && !in_bounds(kind, r.offset.get(), bytes.len() as u64) {
        return Err(format!("lies outside its section of {} bytes", bytes.len()));
    }
    if attr.has(Attr::TLS) && target.id.is_some() && attr.has(Attr::DEFINED | Attr::SHARED) && !is_thread_local(kind) {
        return Err("is an ordinary access to a thread-local (TLS) symbol".to_string());
    }
    match kind {
        // The common case first: code and data of this output, at a fixed distance.
        R_X86_64_PC32 | R_X86_64_PLT32 if !attr.has(Attr::DYNAMIC | Attr::IFUNC | Attr::ABSOLUTE | Attr::TLS) => {}
        R_X86_64_NONE
        | R_X86_64_DTPOFF32
        | R_X86_64_DTPOFF64
        | R_X86_64_TLSDESC_CALL
        | R_X86_64_SIZE32
        | R_X86_64_SIZE64 => {}
        // An offset in the TLS block is no address. Section symbols mean the initial values, which have one.
        R_X86_64_64
        | R_X86_64_32
        | R_X86_64_32S
        | R_X86_64_PC32
        | R_X86_64_PLT32
        | R_X86_64_GOTPCREL
        | R_X86_64_GOTPCRELX
        | R_X86_64_REX_GOTPCRELX
        | R_X86_64_CODE_4_GOTPCRELX
        | R_X86_64_CODE_5_GOTPCRELX
        | R_X86_64_CODE_6_GOTPCRELX
            if attr.has(Attr::TLS) && target.id.is_some() =>
        {
            return Err("is an ordinary access to a thread-local (TLS) symbol; declare it thread-local here as well"
                .to_string());
        }
        R_X86_64_64 => word(c, site, target, r.offset.get(), scan)?,
        R_X86_64_32 | R_X86_64_32S | R_X86_64_16 | R_X86_64_8 => narrow(c, target, scan)?,
        R_X86_64_PC32 | R_X86_64_PC64 | R_X86_64_PC16 | R_X86_64_PC8 => relative(c, target, scan)?,
        R_X86_64_PLT32 | R_X86_64_PLTOFF64 => {
            if attr.has(Attr::DYNAMIC | Attr::IFUNC) {
                scan.need(target, need::PLT);
            }
            if kind == R_X86_64_PLTOFF64 {
                scan.flags.got_base.store(true, Relaxed);
            }
        }
        R_X86_64_GOTPCRELX
        | R_X86_64_REX_GOTPCRELX
        | R_X86_64_CODE_4_GOTPCRELX
        | R_X86_64_CODE_5_GOTPCRELX
        | R_X86_64_CODE_6_GOTPCRELX => {
            if rules::got_relax(c, site, target, r, bytes).is_none() {
                scan.need(target, need::GOT);
            }
        }
        R_X86_64_GOTPCREL | R_X86_64_GOTPCREL64 => scan.need(target, need::GOT),
        R_X86_64_GOT32 | R_X86_64_GOT64 => {
            scan.need(target, need::GOT);
            scan.flags.got_base.store(true, Relaxed);
        }
        R_X86_64_GOTPC32 | R_X86_64_GOTPC64 => scan.flags.got_base.store(true, Relaxed),
        R_X86_64_GOTOFF64 => {
            scan.flags.got_base.store(true, Relaxed);
            if attr.has(Attr::DYNAMIC | Attr::IFUNC) {
                relative(c, target, scan)?;
            }
        }
        R_X86_64_TLSGD => {
            must_be_tls(c, site, target)?;
            match rules::tls_dynamic(c.linking, attr) {
                Tls::Keep => scan.need(target, need::TLSGD),
                Tls::InitialExec => {
                    scan.need(target, need::GOTTP);
                    return Ok(1);
                }
                Tls::LocalExec => return Ok(1),
            }
        }
        R_X86_64_TLSLD => {
            if !c.linking.shared {
                return Ok(1);
            }
            scan.flags.tls_ld.store(true, Relaxed);
        }
        R_X86_64_GOTTPOFF | R_X86_64_CODE_4_GOTTPOFF | R_X86_64_CODE_5_GOTTPOFF | R_X86_64_CODE_6_GOTTPOFF => {
            must_be_tls(c, site, target)?;
            if rules::tls_initial(c.linking, attr, r, bytes) == Tls::InitialExec {
                scan.need(target, need::GOTTP);
                if c.linking.shared {
                    scan.flags.static_tls.store(true, Relaxed);
                }
            }
        }
        R_X86_64_GOTPC32_TLSDESC
        | R_X86_64_CODE_4_GOTPC32_TLSDESC
        | R_X86_64_CODE_5_GOTPC32_TLSDESC
        | R_X86_64_CODE_6_GOTPC32_TLSDESC => {
            must_be_tls(c, site, target)?;
            match rules::tls_dynamic(c.linking, attr) {
                Tls::Keep => scan.need(target, need::TLSDESC),
                Tls::InitialExec => scan.need(target, need::GOTTP),
                Tls::LocalExec => {}
            }
        }
        R_X86_64_TPOFF32 | R_X86_64_TPOFF64 => {
            if c.linking.shared || attr.has(Attr::DYNAMIC) {
                return Err("cannot be used when making a shared object; recompile with -fPIC".to_string());
            }
        }
        _ => return Err("is of a type that objects do not have".to_string()),
    }
    Ok(0)
}

fn must_be_tls(c: &Context<'_, '_>, site: Site<'_, '_>, target: Target) -> Result<(), String> {
    if target.attr.has(Attr::TLS | Attr::UNDEFINED_WEAK | Attr::UNDEFINED)
        || c.local_section_flags(site, target) & SHF_TLS != 0
    {
        return Ok(());
    }
    Err("is a thread-local access to a symbol that is not thread-local".to_string())
}

/// Types that mean an offset in thread-local storage, a descriptor of one, or nothing of the address.
fn is_thread_local(kind: u32) -> bool {
    matches!(
        kind,
        R_X86_64_NONE
            | R_X86_64_DTPMOD64
            | R_X86_64_DTPOFF32
            | R_X86_64_DTPOFF64
            | R_X86_64_TPOFF32
            | R_X86_64_TPOFF64
            | R_X86_64_TLSGD
            | R_X86_64_TLSLD
            | R_X86_64_GOTTPOFF
            | R_X86_64_CODE_4_GOTTPOFF
            | R_X86_64_CODE_5_GOTTPOFF
            | R_X86_64_CODE_6_GOTTPOFF
            | R_X86_64_GOTPC32_TLSDESC
            | R_X86_64_CODE_4_GOTPC32_TLSDESC
            | R_X86_64_CODE_5_GOTPC32_TLSDESC
            | R_X86_64_CODE_6_GOTPC32_TLSDESC
            | R_X86_64_TLSDESC_CALL
            | R_X86_64_SIZE32
            | R_X86_64_SIZE64
    )
}

fn in_bounds(kind: u32, offset: u64, size: u64) -> bool {
    let width = match kind {
        R_X86_64_64 | R_X86_64_PC64 | R_X86_64_GOTOFF64 | R_X86_64_GOT64 | R_X86_64_GOTPCREL64 | R_X86_64_GOTPC64
        | R_X86_64_PLTOFF64 | R_X86_64_SIZE64 | R_X86_64_DTPOFF64 | R_X86_64_TPOFF64 => 8,
        R_X86_64_16 | R_X86_64_PC16 | R_X86_64_TLSDESC_CALL => 2,
        R_X86_64_8 | R_X86_64_PC8 => 1,
        _ => 4,
    };
    offset.checked_add(width).is_some_and(|end| end <= size)
}

/// `R_X86_64_64`.
fn word(
    c: &Context<'_, '_>,
    site: Site<'_, '_>,
    target: Target,
    offset: u64,
    scan: &mut FileScan<'_>,
) -> Result<(), String> {
    let header = &site.object.sections[site.section as usize];
    let writable = header.flags.get() & SHF_WRITE != 0;
    let decision = rules::word(c.linking, target.attr, writable);
    match decision {
        Word::Static => return Ok(()),
        Word::Copy => copy(c, target, scan)?,
        Word::CanonicalPlt => canonical(target, scan)?,
        Word::Symbolic => {
            scan.need(target, need::DYNSYM);
            scan.dynamic[1] += 1;
        }
        Word::Relative => {}
    }
    if decision != Word::Symbolic {
        if !c.linking.pic {
            return Ok(());
        }
        if relr::is_packed(c.args, header, offset) {
            let atom = c.numbering.atom(site.file, site.section);
            scan.packed.push(relr::Word { atom, offset: offset as u32 });
        } else {
            scan.dynamic[0] += 1;
        }
    }
    if !writable {
        if !allows_text_relocations(c.args) {
            return Err("in a read-only section needs a dynamic relocation; recompile with -fPIC, or pass -z notext"
                .to_string());
        }
        scan.flags.text_relocations.store(true, Relaxed);
    }
    Ok(())
}

/// Absolute addresses of fewer than 64 bits.
fn narrow(c: &Context<'_, '_>, target: Target, scan: &mut FileScan<'_>) -> Result<(), String> {
    let attr = target.attr;
    if attr.has(Attr::DYNAMIC) {
        let is_zero = attr.has(Attr::UNDEFINED_WEAK) && !c.linking.shared;
        return if c.linking.pic && !is_zero { Err(not_pic(c)) } else { import(c, target, scan) };
    }
    if c.linking.pic && !attr.has(Attr::ABSOLUTE | Attr::UNDEFINED_WEAK | Attr::UNDEFINED) {
        return Err(not_pic(c));
    }
    if attr.has(Attr::IFUNC) {
        scan.need(target, need::CANONICAL_PLT);
    }
    Ok(())
}

/// Addresses relative to the place, other than calls.
fn relative(c: &Context<'_, '_>, target: Target, scan: &mut FileScan<'_>) -> Result<(), String> {
    let attr = target.attr;
    if attr.has(Attr::DYNAMIC) {
        return match c.linking.shared {
            true => Err("cannot be used when making a shared object; recompile with -fPIC".to_string()),
            false => import(c, target, scan),
        };
    }
    if attr.has(Attr::IFUNC) {
        scan.need(target, need::CANONICAL_PLT);
    }
    if attr.has(Attr::ABSOLUTE) && c.linking.pic {
        return Err("is relative to code that is mapped at any address, but the symbol is absolute".to_string());
    }
    Ok(())
}

/// Gives a symbol of a shared object a fixed address in this executable.
fn import(c: &Context<'_, '_>, target: Target, scan: &mut FileScan<'_>) -> Result<(), String> {
    if target.attr.has(Attr::UNDEFINED | Attr::UNDEFINED_WEAK) {
        return Ok(());
    }
    if target.attr.has(Attr::FUNC) {
        return canonical(target, scan);
    }
    copy(c, target, scan)
}

/// Makes a PLT entry here the address of a function.
fn canonical(target: Target, scan: &mut FileScan<'_>) -> Result<(), String> {
    if target.attr.has(Attr::SHARED_PROTECTED) {
        return Err("would give a protected function an address that its library does not know; recompile with -fPIC"
            .to_string());
    }
    scan.need(target, need::CANONICAL_PLT);
    Ok(())
}

fn copy(c: &Context<'_, '_>, target: Target, scan: &mut FileScan<'_>) -> Result<(), String> {
    if !c.args.z.copyreloc {
        return Err("would need a copy relocation, which -z nocopyreloc forbids; recompile with -fPIC".to_string());
    }
    if target.attr.has(Attr::TLS) {
        return Err("would copy a thread-local symbol; recompile with -fPIC".to_string());
    }
    if target.attr.has(Attr::SHARED_PROTECTED) {
        return Err(
            "would copy a protected symbol, which its library would not notice; recompile with -fPIC".to_string()
        );
    }
    scan.need(target, need::COPY);
    Ok(())
}
