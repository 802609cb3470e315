//! What a link must know of a dynamic library, and how a binary one says it.
//!
//! Text stubs (`tbd`) yield the same [`Dylib`]. A binary's exports come from its export trie, as dyld itself looks names
//! up there; only where there is none (before macOS 10.6) from the symbol table. `$ld$` names are among the exports as
//! they are: [`apply_directives`] knows what they ask for, and needs to know the system that the link is for.
//!
//! Takes the bytes of one slice, yields slices of them and of the arena. Cost: linear in the load commands and the trie.

mod directives;
mod trie;

pub use directives::apply_directives;

use super::format::*;
use crate::args::macho::{Arch, Platform, Version};
use crate::base::view::{Malformed, cstr, slice, view, view_one};
use sinew_arena::Bump;

/// A dynamic library, or what a bundle is loaded by.
#[derive(Debug, Clone, Copy, Default)]
pub struct Dylib<'a> {
    /// What dyld finds it by; empty for a bundle loader.
    pub install_name: &'a [u8],
    /// The version that a client remembers it was linked against.
    pub current_version: Version,
    /// The version that a client asks for at run time.
    pub compatibility_version: Version,
    /// The names that it offers, with their underscore, in the order of the file. A name stands there twice only if the
    /// file says it twice; the first counts.
    pub exports: &'a [Export<'a>],
    /// Install names of the libraries whose exports it offers as its own.
    pub reexports: &'a [&'a [u8]],
    /// Install names of the other libraries that it loads, which a flat namespace looks through. Not in text stubs.
    pub dependents: &'a [&'a [u8]],
    /// Where it looks for what it names by `@rpath`. Text stubs have these from version 5 on.
    pub rpaths: &'a [&'a [u8]],
    /// The framework that it is part of: only that one's clients may bind to it through the umbrella.
    pub parent_umbrella: Option<&'a [u8]>,
    /// If there are any, the only ones that may link against it directly, besides its umbrella.
    pub allowable_clients: &'a [&'a [u8]],
    /// The systems that it runs on. The version is zero where the file does not say.
    pub platforms: &'a [(Platform, Version)],
    /// The Swift ABI that it was compiled for; 0 is none.
    pub swift_abi: u8,
    /// Its own references name the library they are bound to.
    pub two_level: bool,
    /// It may be used by app extensions.
    pub app_extension_safe: bool,
    /// A client that takes nothing from it need not load it.
    pub dead_strippable: bool,
    /// Some of its exports are weak definitions, which dyld coalesces.
    pub has_weak_definitions: bool,
    /// Libraries that the same text stub describes, for `reexports` to name.
    pub inner: &'a [Dylib<'a>],
    /// Names that clients must not see here, nor in what it re-exports. Known after [`apply_directives`].
    pub hidden: &'a [&'a [u8]],
    /// Libraries in which some of its symbols were on the systems that the link is for. Known after
    /// [`apply_directives`].
    pub previous: &'a [Dylib<'a>],
}

/// A name that a library offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Export<'a> {
    /// The symbol's name with its underscore.
    pub name: &'a [u8],
    /// A union of [`Export::WEAK_DEFINITION`] and its neighbours.
    pub flags: u8,
}

impl Export<'_> {
    /// dyld takes one definition of all images for it.
    pub const WEAK_DEFINITION: u8 = 1;
    /// A thread-local variable's descriptor.
    pub const THREAD_LOCAL: u8 = 2;
    /// Its value is not an address.
    pub const ABSOLUTE: u8 = 4;
    /// The library has it from another one.
    pub const REEXPORT: u8 = 8;
    /// Code chooses the definition at run time.
    pub const RESOLVER: u8 = 16;

    /// Whether it is a weak definition.
    pub fn is_weak_definition(&self) -> bool {
        self.flags & Self::WEAK_DEFINITION != 0
    }
    /// Whether it is a thread-local variable.
    pub fn is_thread_local(&self) -> bool {
        self.flags & Self::THREAD_LOCAL != 0
    }
}

/// Reads a dylib, a dylib's stub, or the bundle or executable that a bundle is loaded by. `None` if it is for another
/// machine. Code for arm64e is for arm64 too, as in Apple's linker: such a library runs in an arm64 process.
pub fn parse<'a>(bytes: &'a [u8], arch: Arch, arena: &'a Bump) -> Result<Option<Dylib<'a>>, Malformed> {
    let header: &Header = view_one(bytes, 0, "the Mach-O header")?;
    let file_type = header.file_type.get();
    if header.magic.get() != MH_MAGIC_64 || !matches!(file_type, MH_DYLIB | MH_DYLIB_STUB | MH_BUNDLE | MH_EXECUTE) {
        return Err(Malformed::new(0, "not a 64-bit dynamic library, bundle or executable"));
    }
    if header.cpu_type.get() != super::fat::cpu_type(arch) {
        return Ok(None);
    }
    let flag = |flag| header.flags.get() & flag != 0;
    let mut commands = Commands::default();
    commands.read(bytes, header)?;
    if commands.id.is_none() && matches!(file_type, MH_DYLIB | MH_DYLIB_STUB) {
        return Err(Malformed::new(0, "a dynamic library without LC_ID_DYLIB"));
    }
    let (install_name, current_version, compatibility_version) = commands.id.unwrap_or_default();
    let exports = commands.exports(bytes, arena)?;
    Ok(Some(Dylib {
        install_name,
        current_version,
        compatibility_version,
        exports,
        // dyld looks no further where the flag is set, whatever the load commands say.
        reexports: if flag(MH_NO_REEXPORTED_DYLIBS) { &[] } else { arena.copy(&commands.reexports) },
        dependents: arena.copy(&commands.dependents),
        rpaths: arena.copy(&commands.rpaths),
        parent_umbrella: commands.parent_umbrella,
        allowable_clients: arena.copy(&commands.clients),
        platforms: arena.copy(&commands.platforms),
        two_level: flag(MH_TWOLEVEL),
        app_extension_safe: flag(MH_APP_EXTENSION_SAFE),
        dead_strippable: flag(MH_DEAD_STRIPPABLE_DYLIB),
        has_weak_definitions: flag(MH_WEAK_DEFINES) || exports.iter().any(Export::is_weak_definition),
        ..Dylib::default()
    }))
}

/// What of the load commands matters here.
#[derive(Default)]
struct Commands<'a> {
    id: Option<(&'a [u8], Version, Version)>,
    reexports: Vec<&'a [u8]>,
    dependents: Vec<&'a [u8]>,
    rpaths: Vec<&'a [u8]>,
    clients: Vec<&'a [u8]>,
    parent_umbrella: Option<&'a [u8]>,
    platforms: Vec<(Platform, Version)>,
    /// File offset and size of the export trie.
    trie: Option<(u32, u32)>,
    symbols: Option<&'a SymtabCommand>,
}

impl<'a> Commands<'a> {
    fn read(&mut self, bytes: &'a [u8], header: &Header) -> Result<(), Malformed> {
        let commands =
            slice(bytes, size_of::<Header>() as u64, header.commands_size.get().into(), "the load commands")?;
        let mut at = 0;
        for _ in 0..header.command_count.get() {
            let head: &LoadCommand = view_one(commands, at, "a load command")?;
            let size = u64::from(head.size.get());
            let command = slice(commands, at, size, "a load command")?;
            self.one(head.command.get(), command).map_err(|e| Malformed::new(e.offset + at + 32, e.what))?;
            // A command of no size would be read again and again, as often as the count says.
            if size < size_of::<LoadCommand>() as u64 {
                return Err(Malformed::new(at + 32, "a load command that is smaller than its own head"));
            }
            at += size;
        }
        Ok(())
    }

    /// Reads one command, whose bytes are `bytes`.
    fn one(&mut self, command: u32, bytes: &'a [u8]) -> Result<(), Malformed> {
        match command {
            LC_ID_DYLIB | LC_REEXPORT_DYLIB | LC_LOAD_DYLIB | LC_LOAD_WEAK_DYLIB | LC_LOAD_UPWARD_DYLIB => {
                let dylib: &DylibCommand = view_one(bytes, 0, "the command of a dynamic library")?;
                let name = cstr(bytes, dylib.name_offset.get())?;
                match command {
                    LC_ID_DYLIB => {
                        let version = Version(dylib.current_version.get());
                        self.id = Some((name, version, Version(dylib.compatibility_version.get())));
                    }
                    LC_REEXPORT_DYLIB => self.reexports.push(name),
                    _ => self.dependents.push(name),
                }
            }
            LC_RPATH => self.rpaths.push(string(bytes)?),
            LC_SUB_CLIENT => self.clients.push(string(bytes)?),
            LC_SUB_FRAMEWORK => self.parent_umbrella = Some(string(bytes)?),
            LC_BUILD_VERSION => {
                let build: &BuildVersionCommand = view_one(bytes, 0, "LC_BUILD_VERSION")?;
                self.platforms.push((Platform(build.platform.get()), Version(build.min_os.get())));
            }
            LC_VERSION_MIN_MACOSX | LC_VERSION_MIN_IPHONEOS | LC_VERSION_MIN_TVOS | LC_VERSION_MIN_WATCHOS => {
                let min: &VersionMinCommand = view_one(bytes, 0, "the oldest system's version")?;
                let platform = match command {
                    LC_VERSION_MIN_MACOSX => Platform::MACOS,
                    LC_VERSION_MIN_IPHONEOS => Platform::IOS,
                    LC_VERSION_MIN_TVOS => Platform::TVOS,
                    _ => Platform::WATCHOS,
                };
                self.platforms.push((platform, Version(min.version.get())));
            }
            LC_DYLD_EXPORTS_TRIE => {
                let data: &LinkeditCommand = view_one(bytes, 0, "LC_DYLD_EXPORTS_TRIE")?;
                self.trie = Some((data.data_offset.get(), data.data_size.get()));
            }
            LC_DYLD_INFO | LC_DYLD_INFO_ONLY => {
                let info: &DyldInfoCommand = view_one(bytes, 0, "LC_DYLD_INFO")?;
                self.trie = Some((info.export_offset.get(), info.export_size.get()));
            }
            LC_SYMTAB => self.symbols = Some(view_one(bytes, 0, "LC_SYMTAB")?),
            _ => {}
        }
        Ok(())
    }

    /// The names that the library offers.
    fn exports(&self, bytes: &'a [u8], arena: &'a Bump) -> Result<&'a [Export<'a>], Malformed> {
        if let Some((offset, size)) = self.trie {
            let trie = slice(bytes, offset.into(), size.into(), "the export trie")?;
            return trie::exports(trie, arena).map_err(|e| Malformed::new(e.offset + u64::from(offset), e.what));
        }
        let (symbols, strings) = self.symbols(bytes)?;
        let mut exports = Vec::new();
        for symbol in symbols.iter().filter(|s| s.is_external() && !s.is_stab() && !s.is_private_external()) {
            let kind = match symbol.class() {
                N_UNDF | N_PBUD => continue,
                N_ABS => Export::ABSOLUTE,
                N_INDR => Export::REEXPORT,
                _ => 0,
            };
            let weak = if symbol.has(N_WEAK_DEF) { Export::WEAK_DEFINITION } else { 0 };
            exports.push(Export { name: cstr(strings, symbol.name.get())?, flags: kind | weak });
        }
        Ok(arena.copy(&exports))
    }

    /// The symbol table and its names.
    fn symbols(&self, bytes: &'a [u8]) -> Result<(&'a [Nlist], &'a [u8]), Malformed> {
        let Some(table) = self.symbols else { return Ok((&[], &[])) };
        let count = table.symbol_count.get() as usize;
        let symbols = view(bytes, table.symbols_offset.get().into(), count, "the symbol table")?;
        let strings = slice(bytes, table.strings_offset.get().into(), table.strings_size.get().into(), "the names")?;
        Ok((symbols, strings))
    }
}

/// The names that a dylib defines for itself alone, as its symbol table says if it was not stripped: for messages.
pub fn own_symbols(bytes: &[u8]) -> Result<Vec<&[u8]>, Malformed> {
    let mut commands = Commands::default();
    commands.read(bytes, view_one(bytes, 0, "the Mach-O header")?)?;
    let (symbols, strings) = commands.symbols(bytes)?;
    let own = symbols.iter().filter(|s| !s.is_stab() && s.class() == N_SECT);
    own.filter(|s| !s.is_external() || s.is_private_external()).map(|s| cstr(strings, s.name.get())).collect()
}

/// The string of a command that has nothing else.
fn string(bytes: &[u8]) -> Result<&[u8], Malformed> {
    let command: &StringCommand = view_one(bytes, 0, "the command of a string")?;
    cstr(bytes, command.string_offset.get())
}

#[cfg(test)]
mod tests;
