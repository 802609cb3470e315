//! Which names get a slot of the GOT, a stub, a lazy pointer or a thread-local pointer, and in which order.
//!
//! With chained fixups a stub jumps through the GOT. With the classic opcodes it jumps through a lazy pointer, which dyld
//! fills when it is first called; what dyld must choose among images (weak definitions) is bound when the program starts,
//! through the GOT as well. Slots are numbered by symbol id, which depends on the inputs alone.

use super::definitions::flag;
use super::relocs::{Context, Needs, need};
use crate::base::diag::Reported;
use crate::base::ids::{AtomId, NONE, SymbolId};
use crate::base::session::Session;
use std::collections::HashMap;

/// What a slot of the GOT holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GotEntry {
    /// The address of a name.
    Symbol(SymbolId),
    /// A place of this image.
    Place(AtomId, u64),
}

/// The slots of one name, by number; [`NONE`] where it has none.
#[derive(Debug, Clone, Copy)]
pub struct Own {
    /// In `__got`.
    pub got: u32,
    /// In `__stubs`.
    pub stub: u32,
    /// In `__la_symbol_ptr`, and in `__stub_helper`.
    pub lazy: u32,
    /// In `__thread_ptrs`.
    pub tlv: u32,
}

/// All slots.
#[derive(Debug)]
pub struct Slots {
    /// By symbol id: index into `own`, or [`NONE`].
    index: Vec<u32>,
    own: Vec<Own>,
    places: HashMap<(AtomId, u64), u32>,
    /// `__got`.
    pub got: Vec<GotEntry>,
    /// `__stubs`.
    pub stubs: Vec<SymbolId>,
    /// `__la_symbol_ptr`.
    pub lazy: Vec<SymbolId>,
    /// `__thread_ptrs`.
    pub tlv: Vec<SymbolId>,
    /// `dyld_stub_binder`, if there is anything lazy.
    pub binder: Option<SymbolId>,
}

impl Slots {
    /// The slots of a name.
    #[inline]
    pub fn of(&self, id: SymbolId) -> Own {
        match self.index[id.idx()] {
            NONE => Own { got: NONE, stub: NONE, lazy: NONE, tlv: NONE },
            index => self.own[index as usize],
        }
    }

    /// Whether [`Slots::of_place`] ever finds anything.
    #[inline]
    pub fn any_of_place(&self) -> bool {
        !self.places.is_empty()
    }

    /// The slot of `__got` that holds the address of a place of this image.
    pub fn of_place(&self, atom: AtomId, offset: u64) -> Option<u32> {
        self.places.get(&(atom, offset)).copied()
    }
}

/// Gives each need its slot. `lazily` is whether stubs may be bound when they are first called, which takes a function
/// of libSystem that no input names.
pub fn assign(context: &Context<'_, '_>, needs: &Needs, lazily: bool, cx: &Session) -> Result<Slots, Reported> {
    let _t = cx.time.phase("assign slots");
    let mut slots = Slots {
        index: vec![NONE; needs.symbols.len()],
        own: Vec::new(),
        places: HashMap::new(),
        got: Vec::new(),
        stubs: Vec::new(),
        lazy: Vec::new(),
        tlv: Vec::new(),
        binder: None,
    };
    for (i, &bits) in needs.symbols.iter().enumerate() {
        if bits & (need::GOT | need::STUB | need::TLV) == 0 {
            continue;
        }
        let id = SymbolId(i as u32);
        let mut own = Own { got: NONE, stub: NONE, lazy: NONE, tlv: NONE };
        let lazy = lazily && bits & need::STUB != 0 && !context.definitions.has(id, flag::WEAK | flag::INTERPOSABLE);
        if bits & need::GOT != 0 || bits & need::STUB != 0 && !lazy {
            own.got = next(&mut slots.got, GotEntry::Symbol(id));
        }
        if bits & need::STUB != 0 {
            own.stub = next(&mut slots.stubs, id);
        }
        if lazy {
            own.lazy = next(&mut slots.lazy, id);
        }
        if bits & need::TLV != 0 {
            own.tlv = next(&mut slots.tlv, id);
        }
        slots.index[i] = slots.own.len() as u32;
        slots.own.push(own);
    }
    for &(atom, offset) in &needs.local_got {
        let slot = next(&mut slots.got, GotEntry::Place(atom, offset));
        slots.places.insert((atom, offset), slot);
    }
    if !slots.lazy.is_empty() {
        let binder = context.interned.names.find(BINDER);
        slots.binder = binder.filter(|id| context.definitions.needs_binding(*id));
        if slots.binder.is_none() {
            let text = "no library has dyld_stub_binder, which calls need that are bound when they are first made";
            return Err(cx.diag.fail(format_args!("{text}; link libSystem, or use -bind_at_load")));
        }
        if let Some(id) = slots.binder.filter(|id| slots.of(*id).got == NONE) {
            let got = next(&mut slots.got, GotEntry::Symbol(id));
            slots.index[id.idx()] = slots.own.len() as u32;
            slots.own.push(Own { got, stub: NONE, lazy: NONE, tlv: NONE });
        }
    }
    Ok(slots)
}

/// dyld's function that binds a lazy pointer.
pub const BINDER: &[u8] = b"dyld_stub_binder";

fn next<T>(list: &mut Vec<T>, item: T) -> u32 {
    list.push(item);
    list.len() as u32 - 1
}
