//! The x86-64 procedure linkage table: where calls to functions of other modules go (psABI, "Procedure Linkage Table").
//!
//! Entry 0 calls the dynamic linker; entry n jumps through its `.got.plt` slot, which at first points back to its own
//! second instruction. With IBT every entry begins with `endbr64` and the call goes through `.plt.sec`.

use crate::elf::image::Tables;

/// Bytes of entry 0.
pub const HEADER_SIZE: u64 = 16;
/// Bytes of the other entries.
pub const ENTRY_SIZE: u64 = 16;
/// Bytes of an entry for an indirect function of this output.
pub const IPLT_ENTRY_SIZE: u64 = 16;
/// Reserved slots of `.got.plt`: `_DYNAMIC`, and two for the dynamic linker.
pub const GOT_PLT_RESERVED: u64 = 3;

/// Where to call entry number `index`.
pub fn entry_addr(tables: &Tables, index: u32) -> u64 {
    match tables.plt_sec {
        0 => tables.plt + HEADER_SIZE + u64::from(index) * ENTRY_SIZE,
        sec => sec + u64::from(index) * ENTRY_SIZE,
    }
}

/// Distance from the end of an instruction to `target`; layouts of more than 2 GiB between a PLT and its GOT are refused
/// by the range checks of the code that calls it.
fn rel(target: u64, end: u64) -> [u8; 4] {
    (target.wrapping_sub(end) as u32).to_le_bytes()
}

/// Writes `.plt` at `addr`.
pub fn write(out: &mut [u8], addr: u64, got_plt: u64, ibt: bool) {
    let (header, entries) = out.split_at_mut(HEADER_SIZE as usize);
    // push 8(%got); jmp *16(%got)
    header.copy_from_slice(&[0xff, 0x35, 0, 0, 0, 0, 0xff, 0x25, 0, 0, 0, 0, 0x0f, 0x1f, 0x40, 0]);
    header[2..6].copy_from_slice(&rel(got_plt + 8, addr + 6));
    header[8..12].copy_from_slice(&rel(got_plt + 16, addr + 12));
    for (i, entry) in entries.chunks_exact_mut(ENTRY_SIZE as usize).enumerate() {
        let at = addr + HEADER_SIZE + i as u64 * ENTRY_SIZE;
        if ibt {
            // endbr64; push $i; jmp entry 0; the jump through the slot is in .plt.sec
            entry.copy_from_slice(&[0xf3, 0x0f, 0x1e, 0xfa, 0x68, 0, 0, 0, 0, 0xe9, 0, 0, 0, 0, 0x66, 0x90]);
            entry[5..9].copy_from_slice(&(i as u32).to_le_bytes());
            entry[10..14].copy_from_slice(&rel(addr, at + 14));
        } else {
            // jmp *slot(%rip); push $i; jmp entry 0
            entry.copy_from_slice(&[0xff, 0x25, 0, 0, 0, 0, 0x68, 0, 0, 0, 0, 0xe9, 0, 0, 0, 0]);
            entry[2..6].copy_from_slice(&rel(got_plt + (GOT_PLT_RESERVED + i as u64) * 8, at + 6));
            entry[7..11].copy_from_slice(&(i as u32).to_le_bytes());
            entry[12..16].copy_from_slice(&rel(addr, at + 16));
        }
    }
}

/// Writes `.plt.sec` at `addr`.
pub fn write_sec(out: &mut [u8], addr: u64, got_plt: u64) {
    for (i, entry) in out.chunks_exact_mut(ENTRY_SIZE as usize).enumerate() {
        let at = addr + i as u64 * ENTRY_SIZE;
        // endbr64; jmp *slot(%rip); nopw
        entry.copy_from_slice(&[0xf3, 0x0f, 0x1e, 0xfa, 0xff, 0x25, 0, 0, 0, 0, 0x66, 0x0f, 0x1f, 0x44, 0, 0]);
        entry[6..10].copy_from_slice(&rel(got_plt + (GOT_PLT_RESERVED + i as u64) * 8, at + 10));
    }
}

/// What slot `index` of `.got.plt` holds before it is bound: where its PLT entry goes on.
pub fn lazy_target(plt: u64, index: u32, ibt: bool) -> u64 {
    let entry = plt + HEADER_SIZE + u64::from(index) * ENTRY_SIZE;
    if ibt { entry } else { entry + 6 }
}

/// Writes one entry of `.iplt` at `addr`: a jump through GOT slot `slot_addr`.
pub fn write_indirect(entry: &mut [u8], addr: u64, slot_addr: u64, ibt: bool) {
    if ibt {
        entry.copy_from_slice(&[0xf3, 0x0f, 0x1e, 0xfa, 0xff, 0x25, 0, 0, 0, 0, 0x66, 0x0f, 0x1f, 0x44, 0, 0]);
        entry[6..10].copy_from_slice(&rel(slot_addr, addr + 10));
    } else {
        entry.copy_from_slice(&[0xff, 0x25, 0, 0, 0, 0, 0x66, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0, 0x90]);
        entry[2..6].copy_from_slice(&rel(slot_addr, addr + 6));
    }
}
