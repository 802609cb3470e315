//! Which addresses registers hold when each instruction of a function begins, as far as the code itself computes them.
//!
//! Every way to an instruction counts, and a register that differs among them is unknown. What nothing is seen to jump to,
//! though nothing falls into it either (entries of jump tables, landing pads), goes on with what stands above it.

use super::code::Code;

/// By number; 31 is nobody's.
pub(crate) type Registers = [Option<u64>; 32];

/// Registers before each of the instructions that begin at `at`. `pointed` says which address a pointer's place holds.
pub(crate) fn before(codes: &[(u32, Code)], at: u64, pointed: impl Fn(u64) -> Option<u64>) -> Vec<Registers> {
    let index_of = |addr: u64| addr.checked_sub(at).map(|d| (d / 4) as usize).filter(|i| *i < codes.len());
    let mut is_target = vec![false; codes.len()];
    for (_, code) in codes {
        if let Code::Branch { addr, link: false } = code
            && let Some(to) = index_of(*addr)
        {
            is_target[to] = true;
        }
    }
    let mut known: Vec<Option<Registers>> = vec![None; codes.len()];
    let mut waiting = Vec::new();
    if let Some(first) = known.first_mut() {
        *first = Some([None; 32]);
        waiting.push(0);
    }
    while let Some(index) = waiting.pop() {
        let Some(mut registers) = known[index] else { continue };
        let (word, code) = codes[index];
        run(word, code, &pointed, &mut registers);
        let (goes_on, to) = match code {
            Code::Branch { addr, link: false } => (word & 0x7c00_0000 != 0x1400_0000, index_of(addr)),
            Code::Jump { link, .. } => (link, None),
            _ => (true, None),
        };
        let next = Some(index + 1).filter(|next| *next < codes.len() && (goes_on || !is_target[*next]));
        for to in [next, to].into_iter().flatten() {
            let merged = match known[to] {
                None => registers,
                Some(mut there) => {
                    there.iter_mut().zip(&registers).filter(|(a, b)| a != b).for_each(|(a, _)| *a = None);
                    there
                }
            };
            if known[to] != Some(merged) {
                known[to] = Some(merged);
                waiting.push(to);
            }
        }
    }
    known.into_iter().map(Option::unwrap_or_default).collect()
}

/// What an instruction leaves in registers.
fn run(word: u32, code: Code, pointed: &impl Fn(u64) -> Option<u64>, registers: &mut Registers) {
    let target = |registers: &Registers, from: u8, imm: u64| registers[usize::from(from)].map(|base| base + imm);
    match code {
        Code::Adrp { to, page } => registers[usize::from(to)] = Some(page),
        Code::Adr { to, addr } => registers[usize::from(to)] = Some(addr),
        Code::Add { to, from, imm } => registers[usize::from(to)] = target(registers, from, imm),
        Code::Memory { to: Some(to), from, imm, wide } => {
            registers[usize::from(to)] = target(registers, from, imm).filter(|_| wide).and_then(pointed);
        }
        Code::Literal { to, .. } => registers[usize::from(to)] = None,
        Code::Branch { link: true, .. } => registers[..19].fill(None),
        // Who is called answers in x0. A thread-local variable's descriptor is called like that, and leaves the others.
        Code::Jump { link: true, .. } => registers[0] = None,
        Code::Other => {
            let is_memory = word & 0x0a00_0000 == 0x0800_0000;
            if !is_memory || word & 0x0040_0000 != 0 {
                registers[(word & 31) as usize] = None;
            }
            // The second of a pair.
            if word & 0x3a40_0000 == 0x2840_0000 {
                registers[(word >> 10 & 31) as usize] = None;
            }
        }
        _ => {}
    }
    registers[31] = None;
}
