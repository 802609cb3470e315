//! What the values of flags look like: numbers, names, choices, percent-encoding.

use super::{BuildId, Compress, Emulation};
pub(super) use crate::args::value::{Value, hex};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

impl Value<'_> {
    /// Folders joined by colons.
    pub(super) fn split_paths(&self) -> impl Iterator<Item = PathBuf> {
        let folders = self.raw.as_bytes().split(|&byte| byte == b':').filter(|folder| !folder.is_empty());
        folders.map(|folder| PathBuf::from(OsStr::from_bytes(folder)))
    }

    /// The value where it ends up in a string of the output or in a comparison.
    pub(super) fn text(&self) -> Result<String, String> {
        self.str().map(str::to_owned)
    }

    pub(super) fn str(&self) -> Result<&str, String> {
        self.raw.to_str().ok_or_else(|| self.wrong("is not valid UTF-8"))
    }

    /// A number as in C: `0x` is hexadecimal, a leading zero octal.
    pub(super) fn number(&self) -> Result<u64, String> {
        number(self.str()?).ok_or_else(|| self.wrong("is not a number"))
    }

    /// `KEY=VALUE`, cut at the first `=`.
    pub(super) fn pair(&self, shape: &str) -> Result<(String, &str), String> {
        match self.str()?.split_once('=') {
            Some((key, value)) if !key.is_empty() && !value.is_empty() => Ok((key.to_owned(), value)),
            _ => Err(self.wrong(&format!("is not of the form {shape}"))),
        }
    }

    /// `--build-id=KIND`.
    pub(super) fn build_id(&self) -> Result<BuildId, String> {
        Ok(match self.str()? {
            "none" => BuildId::None,
            "fast" | "tree" => BuildId::Fast,
            "md5" => BuildId::Md5,
            "sha1" => BuildId::Sha1,
            "sha256" => BuildId::Sha256,
            "uuid" => BuildId::Uuid,
            given => BuildId::Hex(
                hex_bytes(given)
                    .ok_or_else(|| self.wrong("is not one of none, fast, md5, sha1, sha256, uuid, 0xHEX"))?,
            ),
        })
    }

    /// `--compress-debug-sections=KIND`, where a level after a colon may follow.
    pub(super) fn compression(&self) -> Result<Compress, String> {
        let typed = self.str()?;
        let (kind, level) = typed.split_once(':').unwrap_or((typed, "1"));
        let kind = match kind {
            "none" => Compress::None,
            "zlib" | "zlib-gabi" => Compress::Zlib,
            "zstd" => Compress::Zstd,
            "zlib-gnu" => return Err(self.wrong("is the obsolete .zdebug format; use zlib")),
            _ => return Err(self.wrong("is not one of none, zlib, zlib-gabi, zstd")),
        };
        level.parse::<i32>().map_err(|_| self.wrong("has a level that is not a number"))?;
        Ok(kind)
    }

    /// `--package-metadata=JSON`: `%XX` stands for a byte, since `-Wl,` cuts at commas.
    pub(super) fn percent_decoded(&self) -> Result<String, String> {
        let mut bytes = Vec::with_capacity(self.raw.len());
        let mut rest = self.raw.as_bytes();
        while let Some((&byte, tail)) = rest.split_first() {
            rest = tail;
            if byte != b'%' {
                bytes.push(byte);
                continue;
            }
            let digits = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
            let value = digits.filter(|d| !d.starts_with('+')).and_then(|d| u8::from_str_radix(d, 16).ok());
            bytes.push(value.ok_or_else(|| self.wrong("has a % that two hexadecimal digits do not follow"))?);
            rest = &tail[2..];
        }
        String::from_utf8(bytes).map_err(|_| self.wrong("is not valid UTF-8 once decoded"))
    }

    /// `-m EMULATION`.
    pub(super) fn emulation(&self) -> Result<Emulation, String> {
        let name = self.str()?;
        match EMULATIONS.iter().find(|(known, ..)| *known == name) {
            Some((_, _, Some(emulation))) => Ok(*emulation),
            Some((_, machine, None)) => Err(format!(
                "-m {name}: linking for {machine} is not supported yet; use ld.lld or GNU ld for that target"
            )),
            None => Err(format!("-m {name}: unknown emulation; supported: elf_x86_64")),
        }
    }
}

/// Emulation names: the machine each stands for, and what it is to this linker. Where the last is `None` the name is
/// known from other linkers, and named in the error.
const EMULATIONS: &[(&str, &str, Option<Emulation>)] = &[
    ("elf_x86_64", "x86-64", Some(Emulation::X86_64)),
    ("elf_x86_64_fbsd", "x86-64 FreeBSD", Some(Emulation::X86_64)),
    ("elf_amd64", "x86-64", Some(Emulation::X86_64)),
    ("elf_amd64_fbsd", "x86-64 FreeBSD", Some(Emulation::X86_64)),
    ("elf_x86_64_sol2", "x86-64 Solaris", None),
    ("elf_l1om", "Intel L1OM", None),
    ("elf_k1om", "Intel K1OM", None),
    ("elf32_x86_64", "x32 (32-bit pointers on x86-64)", None),
    ("elf_i386", "32-bit x86", None),
    ("elf_i386_fbsd", "32-bit x86 FreeBSD", None),
    ("elf_iamcu", "Intel MCU", None),
    ("i386pep", "64-bit Windows", None),
    ("i386pe", "32-bit Windows", None),
    ("aarch64linux", "64-bit Arm", None),
    ("aarch64elf", "64-bit Arm", None),
    ("aarch64_fbsd", "64-bit Arm FreeBSD", None),
    ("aarch64linuxb", "big-endian 64-bit Arm", None),
    ("aarch64elfb", "big-endian 64-bit Arm", None),
    ("aarch64linux32", "ILP32 64-bit Arm", None),
    ("elf64lriscv", "64-bit RISC-V", None),
    ("elf64lriscv_lp64", "64-bit RISC-V", None),
    ("elf64lriscv_lp64f", "64-bit RISC-V", None),
    ("elf64briscv", "big-endian 64-bit RISC-V", None),
    ("elf32lriscv", "32-bit RISC-V", None),
    ("elf32lriscv_ilp32", "32-bit RISC-V", None),
    ("elf32briscv", "big-endian 32-bit RISC-V", None),
    ("elf64loongarch", "64-bit LoongArch", None),
    ("elf32loongarch", "32-bit LoongArch", None),
    ("elf64lppc", "little-endian 64-bit PowerPC", None),
    ("elf64ppc", "big-endian 64-bit PowerPC", None),
    ("elf32ppc", "32-bit PowerPC", None),
    ("elf32lppc", "little-endian 32-bit PowerPC", None),
    ("elf32ppclinux", "32-bit PowerPC", None),
    ("elf64_s390", "64-bit S/390", None),
    ("elf_s390", "31-bit S/390", None),
    ("armelf", "32-bit Arm", None),
    ("armelf_linux_eabi", "32-bit Arm", None),
    ("armelfb_linux_eabi", "big-endian 32-bit Arm", None),
    ("elf64_sparc", "64-bit SPARC", None),
    ("elf32_sparc", "32-bit SPARC", None),
    ("elf64btsmip", "64-bit MIPS", None),
    ("elf64ltsmip", "little-endian 64-bit MIPS", None),
    ("elf32btsmip", "32-bit MIPS", None),
    ("elf32ltsmip", "little-endian 32-bit MIPS", None),
    ("m68kelf", "m68k", None),
    ("shelf_linux", "SuperH", None),
    ("elf32_mips", "32-bit MIPS", None),
    ("elf64alpha", "Alpha", None),
    ("msp430elf", "MSP430", None),
    ("avrelf", "AVR", None),
    ("hexagonelf", "Hexagon", None),
];

/// A number as in C: `0x` is hexadecimal, a leading zero octal.
pub(super) fn number(text: &str) -> Option<u64> {
    let (digits, radix) = if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        (hex, 16)
    } else if text.len() > 1 && text.starts_with('0') {
        (&text[1..], 8)
    } else {
        (text, 10)
    };
    // The standard parser allows a sign that no linker does.
    digits.starts_with(|c: char| c.is_ascii_hexdigit()).then(|| u64::from_str_radix(digits, radix).ok()).flatten()
}

/// The bytes of a build-id that is given as `0x…`; GNU ld lets `-` and `:` stand between them.
fn hex_bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    let nibbles: Option<Vec<u8>> = digits
        .chars()
        .filter(|c| !matches!(c, '-' | ':'))
        .map(|c| c.to_digit(16).map(|d| u8::try_from(d).expect("a hexadecimal digit is below 16")))
        .collect();
    let nibbles = nibbles.filter(|n| !n.is_empty() && n.len() % 2 == 0)?;
    Some(nibbles.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_c_and_gnu_ld_read_them() {
        for (text, expected) in [
            ("0", Some(0)),
            ("4096", Some(4096)),
            ("0x10000", Some(0x10000)),
            ("0200000", Some(0x10000)),
            ("0X1f", Some(0x1f)),
            ("18446744073709551615", Some(u64::MAX)),
            ("18446744073709551616", None),
            ("", None),
            ("0x", None),
            ("+1", None),
            ("0x+1", None),
            ("4k", None),
            ("08", None),
        ] {
            assert_eq!(number(text), expected, "{text:?}");
        }
        for (text, expected) in [("400000", Some(0x400000)), ("0xffff", Some(0xffff)), ("g", None), ("-1", None)] {
            assert_eq!(hex(text), expected, "{text:?}");
        }
    }

    #[test]
    fn build_ids_are_whole_bytes() {
        assert_eq!(hex_bytes("0x12-34:AB"), Some(vec![0x12, 0x34, 0xab]));
        for wrong in ["0x", "0x123", "1234", "0xgg", "0x12é4"] {
            assert_eq!(hex_bytes(wrong), None, "{wrong}");
        }
    }
}
