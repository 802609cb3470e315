//! `-b binary`: any file becomes an object whose `.data` is its bytes, under the names that GNU ld gives them.
//!
//! The object is built whole, headers and symbols around a copy of the bytes, so that no later pass knows of it.

use super::format::*;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use zerocopy::IntoBytes;

/// An object with `data` in `.data`, between `_binary_PATH_start` and `_binary_PATH_end`; `_binary_PATH_size` is a number.
pub fn object(path: &Path, data: &[u8]) -> Vec<u8> {
    let stem: String = path.as_os_str().as_bytes().iter().map(|c| letter(*c)).collect();
    // One string table serves sections and symbols.
    let mut strings = b"\0.data\0.symtab\0.strtab\0".to_vec();
    let (data_name, symtab_name, strtab_name) = (1u32, 7u32, 15u32);
    let mut symbols = vec![Sym::default()];
    let size = data.len() as u64;
    for (suffix, section, value) in [("start", 1, 0), ("end", 1, size), ("size", SHN_ABS, size)] {
        let name = strings.len() as u32;
        strings.extend_from_slice(format!("_binary_{stem}_{suffix}\0").as_bytes());
        let info = STB_GLOBAL << 4 | STT_NOTYPE;
        symbols.push(Sym { name: name.into(), info, section: section.into(), value: value.into(), ..Sym::default() });
    }
    let table = symbols.as_bytes();
    let data_at = size_of::<Ehdr>() as u64;
    let table_at = (data_at + size).next_multiple_of(8);
    let strings_at = table_at + table.len() as u64;
    let headers_at = (strings_at + strings.len() as u64).next_multiple_of(8);
    let section = |name: u32, kind: u32, offset: u64, size: u64, align: u64| Shdr {
        name: name.into(),
        kind: kind.into(),
        offset: offset.into(),
        size: size.into(),
        align: align.into(),
        ..Shdr::default()
    };
    let headers = [
        Shdr::default(),
        Shdr { flags: (SHF_ALLOC | SHF_WRITE).into(), ..section(data_name, SHT_PROGBITS, data_at, size, 1) },
        Shdr {
            // Strings are section 3; symbol 1 is the first that is not local.
            link: 3.into(),
            info: 1.into(),
            entsize: 24.into(),
            ..section(symtab_name, SHT_SYMTAB, table_at, table.len() as u64, 8)
        },
        section(strtab_name, SHT_STRTAB, strings_at, strings.len() as u64, 1),
    ];
    let mut ident = [0; 16];
    ident[..4].copy_from_slice(&ELFMAG);
    (ident[4], ident[5], ident[6]) = (ELFCLASS64, ELFDATA2LSB, EV_CURRENT);
    let header = Ehdr {
        ident,
        kind: ET_REL.into(),
        machine: EM_X86_64.into(),
        version: 1.into(),
        entry: 0.into(),
        phoff: 0.into(),
        shoff: headers_at.into(),
        flags: 0.into(),
        ehsize: 64.into(),
        phentsize: 0.into(),
        phnum: 0.into(),
        shentsize: 64.into(),
        shnum: (headers.len() as u16).into(),
        shstrndx: 3.into(),
    };
    let mut bytes = Vec::with_capacity(headers_at as usize + headers.as_bytes().len());
    for (at, piece) in [
        (0, header.as_bytes()),
        (data_at, data),
        (table_at, table),
        (strings_at, &strings),
        (headers_at, headers.as_bytes()),
    ] {
        bytes.resize(at as usize, 0);
        bytes.extend_from_slice(piece);
    }
    bytes
}

fn letter(c: u8) -> char {
    if c.is_ascii_alphanumeric() { char::from(c) } else { '_' }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elf::object::{Place, parse};

    #[test]
    fn the_object_reads_back() {
        for data in [&b"five!"[..], b""] {
            let bytes = object(Path::new("a-b/c.txt"), data);
            let bump = sinew_arena::Bump::new();
            let read = parse(&bytes, &bump).unwrap();
            assert_eq!(read.section_name(1).unwrap(), b".data");
            assert_eq!(read.section_bytes(1).unwrap(), data);
            let names: Vec<_> = (1..4).map(|i| read.symbol_name(i).unwrap()).collect();
            assert_eq!(names, [&b"_binary_a_b_c_txt_start"[..], b"_binary_a_b_c_txt_end", b"_binary_a_b_c_txt_size"]);
            assert_eq!(read.symbols[2].value.get(), data.len() as u64);
            assert_eq!(read.place(2, &read.symbols[2]).unwrap(), Place::Section(1));
            assert_eq!(read.place(3, &read.symbols[3]).unwrap(), Place::Absolute);
        }
    }
}
