//! Universal files: one file with a slice for each machine (`mach-o/fat.h`).
//!
//! The head is big-endian, in a 32-bit and a 64-bit form. Which slice a link for arm64 takes is what Apple's linker
//! does: the plain subtype, else `ARM64_V8`, else arm64e. Code for arm64e must not become part of an arm64 program, but
//! an arm64 program may be bound to an arm64e library, of which the system's are examples; so [`Slice::is_arm64e`] is
//! there for whoever takes an object or an archive. Subtype bits that say how pointers are signed do not count.
//! Cost: one look at each entry of the table.

use super::format::*;
use crate::args::macho::Arch;
use crate::base::view::{Malformed, slice, view, view_one};
use std::borrow::Cow;

/// One machine's part of a universal file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice<'a> {
    /// The bytes of an object, an archive, a library…
    pub bytes: &'a [u8],
    /// Where they begin in the file, bytes.
    pub offset: u64,
    /// One of `CPU_TYPE_*`.
    pub cpu_type: u32,
    /// One of `CPU_SUBTYPE_*`, without its capability bits.
    pub cpu_subtype: u32,
}

impl Slice<'_> {
    /// Whether it is code with signed pointers, which arm64 programs may load but not contain.
    pub fn is_arm64e(&self) -> bool {
        self.cpu_type == CPU_TYPE_ARM64 && self.cpu_subtype == CPU_SUBTYPE_ARM64E
    }

    /// How well it fits `arch`, less is better.
    fn misfit(&self, arch: Arch) -> Option<u32> {
        let subtypes: &[u32] = match arch {
            Arch::Arm64 => &[CPU_SUBTYPE_ARM64_ALL, CPU_SUBTYPE_ARM64_V8, CPU_SUBTYPE_ARM64E],
            // x86_64h, code for Haswell and later, is a choice that only the loader can make.
            Arch::X86_64 => &[CPU_SUBTYPE_X86_64_ALL],
        };
        let place = subtypes.iter().position(|subtype| *subtype == self.cpu_subtype)?;
        (self.cpu_type == cpu_type(arch)).then_some(place as u32)
    }
}

/// What the machine's code says in a header.
pub fn cpu_type(arch: Arch) -> u32 {
    match arch {
        Arch::Arm64 => CPU_TYPE_ARM64,
        Arch::X86_64 => CPU_TYPE_X86_64,
    }
}

/// What messages call a machine.
pub fn name(cpu_type: u32) -> Cow<'static, str> {
    /// `CPU_TYPE_I386`, `CPU_TYPE_ARM`, `CPU_TYPE_POWERPC`.
    const OLD: [(u32, &str); 3] = [(7, "i386"), (12, "armv7"), (18, "ppc")];
    match cpu_type {
        CPU_TYPE_ARM64 => "arm64".into(),
        CPU_TYPE_X86_64 => "x86_64".into(),
        other => match OLD.iter().find(|(code, _)| *code == other) {
            Some((_, name)) => (*name).into(),
            None => format!("unknown ({other})").into(),
        },
    }
}

/// Whether the file is universal. A Java class begins with the same number, and then has a version, of 45 or more,
/// where the number of slices would be.
pub fn is_universal(bytes: &[u8]) -> bool {
    let Ok(header) = view_one::<FatHeader>(bytes, 0, "") else { return false };
    matches!(header.magic.get(), FAT_MAGIC | FAT_MAGIC_64) && header.arch_count.get() < 45
}

/// All slices of a universal file, in the order of its table.
pub fn slices(bytes: &[u8]) -> Result<Vec<Slice<'_>>, Malformed> {
    let header: &FatHeader = view_one(bytes, 0, "the head of a universal file")?;
    if !is_universal(bytes) {
        return Err(Malformed::new(0, "not a universal file"));
    }
    let count = header.arch_count.get() as usize;
    let table = size_of::<FatHeader>() as u64;
    let what = "the table of a universal file";
    if header.magic.get() == FAT_MAGIC {
        let entries: &[FatArch] = view(bytes, table, count, what)?;
        let parts = entries.iter().map(|e| (e.cpu_type, e.cpu_subtype, e.offset.get().into(), e.size.get().into()));
        parts.map(|part| one(bytes, part.0.get(), part.1.get(), (part.2, part.3))).collect()
    } else {
        let entries: &[FatArch64] = view(bytes, table, count, what)?;
        let parts = entries.iter().map(|e| (e.cpu_type, e.cpu_subtype, e.offset.get(), e.size.get()));
        parts.map(|part| one(bytes, part.0.get(), part.1.get(), (part.2, part.3))).collect()
    }
}

/// The slice that a link for `arch` takes; `None` if the file has nothing for it.
pub fn select(bytes: &[u8], arch: Arch) -> Result<Option<Slice<'_>>, Malformed> {
    let fitting = slices(bytes)?.into_iter().filter_map(|slice| Some((slice.misfit(arch)?, slice)));
    Ok(fitting.min_by_key(|(misfit, _)| *misfit).map(|(_, slice)| slice))
}

fn one(bytes: &[u8], cpu_type: u32, cpu_subtype: u32, place: (u64, u64)) -> Result<Slice<'_>, Malformed> {
    let (offset, size) = place;
    let bytes = slice(bytes, offset, size, "a slice of a universal file")?;
    Ok(Slice { bytes, offset, cpu_type, cpu_subtype: cpu_subtype & !CPU_SUBTYPE_MASK })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A universal file with a slice of two bytes for each pair of type and subtype.
    fn universal(wide: bool, machines: &[(u32, u32)]) -> Vec<u8> {
        let entry_size = if wide { 32 } else { 20 };
        let mut file = Vec::new();
        let magic = if wide { FAT_MAGIC_64 } else { FAT_MAGIC };
        [magic, machines.len() as u32].iter().for_each(|word| file.extend(word.to_be_bytes()));
        for (i, (cpu_type, subtype)) in machines.iter().enumerate() {
            let offset = (8 + machines.len() * entry_size + 2 * i) as u32;
            let words: &[u32] = match wide {
                true => &[*cpu_type, *subtype, 0, offset, 0, 2, 0, 0],
                false => &[*cpu_type, *subtype, offset, 2, 0],
            };
            words.iter().for_each(|word| file.extend(word.to_be_bytes()));
        }
        (0..machines.len()).for_each(|i| file.extend([b'0' + i as u8, b'.']));
        file
    }

    const X86: (u32, u32) = (CPU_TYPE_X86_64, CPU_SUBTYPE_X86_64_ALL);
    const ARM64: (u32, u32) = (CPU_TYPE_ARM64, CPU_SUBTYPE_ARM64_ALL);
    const V8: (u32, u32) = (CPU_TYPE_ARM64, CPU_SUBTYPE_ARM64_V8);
    const ARM64E: (u32, u32) = (CPU_TYPE_ARM64, CPU_SUBTYPE_ARM64E | 0x8000_0000);

    #[test]
    fn the_best_slice_is_taken_in_both_forms() {
        type Machines = &'static [(u32, u32)];
        let cases: &[(Machines, Arch, Option<&[u8]>)] = &[
            (&[X86, ARM64], Arch::Arm64, Some(b"1.")),
            (&[X86, ARM64], Arch::X86_64, Some(b"0.")),
            (&[ARM64E, V8, ARM64], Arch::Arm64, Some(b"2.")),
            (&[ARM64E, V8], Arch::Arm64, Some(b"1.")),
            (&[X86, ARM64E], Arch::Arm64, Some(b"1.")),
            (&[X86], Arch::Arm64, None),
            (&[(CPU_TYPE_X86_64, 8), ARM64], Arch::X86_64, None),
            (&[], Arch::Arm64, None),
        ];
        for (machines, arch, expected) in cases {
            for wide in [false, true] {
                let file = universal(wide, machines);
                let slice = select(&file, *arch).unwrap();
                assert_eq!(slice.map(|s| s.bytes), *expected, "{machines:?} {arch:?}");
                if let Some(slice) = slice {
                    assert_eq!(&file[slice.offset as usize..][..2], slice.bytes);
                    assert_eq!(slice.is_arm64e(), *machines == [X86, ARM64E]);
                }
            }
        }
    }

    #[test]
    fn damage_is_an_error() {
        for wide in [false, true] {
            let file = universal(wide, &[X86, ARM64]);
            (0..file.len()).for_each(|cut| assert!(slices(&file[..cut]).is_err(), "{cut}"));
            for at in 0..file.len() {
                let mut changed = file.clone();
                changed[at] ^= 0xff;
                let _ = slices(&changed);
            }
        }
        assert!(!is_universal(&[0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52]), "a Java class");
        assert!(!is_universal(b"!<arch>\n"));
    }
}
