//! Puts a library together from what a text stub says of it, whatever the syntax and the order.
//!
//! Most of a stub stands in sections that are for some targets only, and which targets those are may come after the
//! names. So names are taken as they come; a section is a range of them with a mask, and [`Document::finish`] drops the
//! ranges that are for others. Where the targets come first, as they do in YAML, [`Document::is_elsewhere`] spares even
//! that.
//!
//! A mask has a bit for each way in which a target may fit the link, the best is the lowest:
//!
//! | bit | architecture | platform | good enough for |
//! |---|---|---|---|
//! | 0, 1 | the link's; compatible | the link's | all |
//! | 2, 3 | the link's; compatible | macOS for Mac Catalyst | what is re-exported |
//! | 4, 5 | the link's; compatible | any | three libraries whose stubs were shipped with wrong platforms |
//!
//! One bit is chosen for a document, and only sections with that bit are part of it: arm64 and arm64e do not mix, but a
//! stub that knows arm64e alone, as those of system libraries do, serves arm64.

use crate::args::macho::{Arch, Platform, Version};
use crate::base::view::Malformed;
use crate::macho::dylib::{Dylib, Export};
use sinew_arena::Bump;

/// What else than names a stub says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    InstallName,
    CurrentVersion,
    CompatibilityVersion,
    SwiftAbi,
    Flag,
    Umbrella,
    Client,
    Reexport,
    Rpath,
}

/// Bits of a mask, see above.
type Mask = u8;

const ALL: Mask = 0xff;
const SAME_ARCH: Mask = 0b01_01_01;
const COMPATIBLE_ARCH: Mask = 0b10_10_10;
const SAME_PLATFORM: Mask = 0b11_00_11;
const STANDS_FOR_PLATFORM: Mask = 0b11_11_00;
const OTHER_PLATFORM: Mask = 0b11_00_00;
const FOR_CLIENTS: Mask = 0b00_00_11;
const FOR_REEXPORT: Mask = 0b00_11_11;

/// Parts of libSystem whose stubs lack platforms in some SDKs.
const ANY_PLATFORM: [&[u8]; 3] = [
    b"/usr/lib/system/libsystem_kernel.dylib",
    b"/usr/lib/system/libsystem_platform.dylib",
    b"/usr/lib/system/libsystem_pthread.dylib",
];

/// A document that is being read. It can be used for one after the other.
pub(super) struct Document<'a> {
    arch: Arch,
    platform: Platform,
    arena: &'a Bump,
    /// The library is one that another re-exports.
    is_inner: bool,
    targets: Option<Mask>,
    /// Versions 1 to 3 say architectures and platform apart.
    archs: Option<Mask>,
    platforms: Option<Mask>,
    runs_on: Vec<(Platform, Version)>,
    facts: Vec<(Mask, Kind, &'a [u8])>,
    exports: Vec<Export<'a>>,
    /// Where in `exports` each section ends.
    sections: Vec<(usize, Mask)>,
    /// The first fact of the section that is being read, and its mask once known.
    section: (usize, Option<Mask>),
}

impl<'a> Document<'a> {
    pub(super) fn new(arch: Arch, platform: Platform, arena: &'a Bump) -> Document<'a> {
        Document {
            arch,
            platform,
            arena,
            is_inner: false,
            targets: None,
            archs: None,
            platforms: None,
            runs_on: Vec::new(),
            facts: Vec::new(),
            exports: Vec::new(),
            sections: Vec::new(),
            section: (0, None),
        }
    }

    /// Begins a document; `is_inner` if it is a library that another re-exports.
    pub(super) fn start(&mut self, is_inner: bool) {
        self.is_inner = is_inner;
        (self.targets, self.archs, self.platforms) = (None, None, None);
        self.runs_on.clear();
        self.facts.clear();
        self.exports.clear();
        self.sections.clear();
        self.section = (0, None);
    }

    /// The library is for `target` (`arm64-macos`), from version `min` on.
    pub(super) fn target(&mut self, target: &[u8], min: Version) {
        let (arch, platform) = self.target_parts(target);
        *self.targets.get_or_insert(0) |= arch & self.platform_mask(platform);
        self.runs_on(arch, platform, min);
    }

    /// The library is for `arch`, on the platform that is said elsewhere.
    pub(super) fn arch(&mut self, arch: &[u8]) {
        *self.archs.get_or_insert(0) |= self.arch_mask(arch);
    }

    /// The library is for `name`, on the architectures that are said elsewhere. A device and its simulator have one name.
    pub(super) fn platform(&mut self, name: &[u8]) {
        let platforms: &[Platform] = match name {
            b"macosx" => &[Platform::MACOS],
            b"ios" => &[Platform::IOS, Platform::IOS_SIMULATOR],
            b"tvos" => &[Platform::TVOS, Platform::TVOS_SIMULATOR],
            b"watchos" => &[Platform::WATCHOS, Platform::WATCHOS_SIMULATOR],
            b"bridgeos" => &[Platform::BRIDGEOS],
            b"iosmac" | b"maccatalyst" => &[Platform::MAC_CATALYST],
            b"driverkit" => &[Platform::DRIVERKIT],
            b"zippered" => &[Platform::MACOS, Platform::MAC_CATALYST],
            _ => &[],
        };
        let known = platforms.iter().fold(OTHER_PLATFORM, |mask, p| mask | self.platform_mask(Some(*p)));
        *self.platforms.get_or_insert(0) |= known;
        platforms.iter().for_each(|p| self.runs_on(ALL, Some(*p), Version(0)));
    }

    /// Begins a section; its targets may come at any time before [`Document::end_section`], or never: then it is for all.
    pub(super) fn start_section(&mut self) {
        // What came before, outside of any section, is for all.
        self.sections.push((self.exports.len(), ALL));
        self.section = (self.facts.len(), None);
    }

    /// The section is for `target`.
    pub(super) fn section_target(&mut self, target: &[u8]) {
        let (arch, platform) = self.target_parts(target);
        *self.section.1.get_or_insert(0) |= arch & self.platform_mask(platform);
    }

    /// The section is for `arch`.
    pub(super) fn section_arch(&mut self, arch: &[u8]) {
        *self.section.1.get_or_insert(0) |= self.arch_mask(arch);
    }

    /// Whether it is known that the names of this section do not count.
    pub(super) fn is_elsewhere(&self) -> bool {
        match (self.section.1, self.chosen()) {
            (Some(section), Some(chosen)) => section & chosen == 0,
            _ => false,
        }
    }

    pub(super) fn end_section(&mut self) {
        let (first_fact, mask) = self.section;
        let mask = mask.unwrap_or(ALL);
        self.facts[first_fact..].iter_mut().for_each(|fact| fact.0 &= mask);
        self.sections.push((self.exports.len(), mask));
    }

    pub(super) fn fact(&mut self, kind: Kind, text: &'a [u8]) {
        self.facts.push((ALL, kind, text));
    }

    /// A name that clients may use. `flags` are those of [`Export`].
    #[inline]
    pub(super) fn export(&mut self, name: &'a [u8], flags: u8) {
        self.exports.push(Export { name, flags });
    }

    /// The symbol of an Objective-C entity: what all of its kind begin with, and its own name.
    pub(super) fn objc(&mut self, prefix: &[u8], name: &[u8], flags: u8) {
        let name = self.arena.concat(&[prefix, name]);
        self.exports.push(Export { name, flags });
    }

    /// The two symbols of an Objective-C class.
    pub(super) fn objc_class(&mut self, name: &[u8], flags: u8) {
        self.objc(b"_OBJC_CLASS_$_", name, flags);
        self.objc(b"_OBJC_METACLASS_$_", name, flags);
    }

    /// The library as the link sees it; `None` if it is for others. `offset` is where in the file the document begins.
    pub(super) fn finish(&mut self, offset: u64) -> Result<Option<Dylib<'a>>, Malformed> {
        self.sections.push((self.exports.len(), ALL));
        if self.mask().is_none() {
            return Err(Malformed::new(offset, "a text stub that does not say its targets"));
        }
        let Some(chosen) = self.chosen() else { return Ok(None) };
        self.facts.retain(|(mask, ..)| mask & chosen != 0);
        let (mut start, mut kept) = (0, 0);
        for &(end, mask) in &self.sections {
            if mask & chosen != 0 {
                self.exports.copy_within(start..end, kept);
                kept += end - start;
            }
            start = end;
        }
        let exports: &[Export<'_>] = self.arena.copy(&self.exports[..kept]);
        let flag = |flag: &[u8]| self.all(Kind::Flag).any(|text| text == flag);
        let install_name = self.all(Kind::InstallName).next().filter(|name| !name.is_empty());
        Ok(Some(Dylib {
            install_name: install_name.ok_or_else(|| Malformed::new(offset, "a text stub without an install name"))?,
            current_version: self.version(Kind::CurrentVersion, offset)?,
            compatibility_version: self.version(Kind::CompatibilityVersion, offset)?,
            exports,
            reexports: self.list(Kind::Reexport),
            rpaths: self.list(Kind::Rpath),
            parent_umbrella: self.all(Kind::Umbrella).next(),
            allowable_clients: self.list(Kind::Client),
            platforms: self.arena.copy(&self.runs_on),
            swift_abi: self.all(Kind::SwiftAbi).next().map_or(0, swift_abi),
            two_level: !flag(b"flat_namespace"),
            app_extension_safe: !flag(b"not_app_extension_safe"),
            has_weak_definitions: exports.iter().any(Export::is_weak_definition),
            ..Dylib::default()
        }))
    }

    fn all(&self, kind: Kind) -> impl Iterator<Item = &'a [u8]> + '_ {
        self.facts.iter().filter(move |(_, k, _)| *k == kind).map(|(.., text)| *text)
    }

    fn list(&self, kind: Kind) -> &'a [&'a [u8]] {
        self.arena.collect(self.all(kind))
    }

    /// The version of this kind; 1.0 where none is given.
    fn version(&self, kind: Kind, offset: u64) -> Result<Version, Malformed> {
        let Some(text) = self.all(kind).next() else { return Ok(Version::new(1, 0)) };
        let wrong = || format!("a text stub with the version '{}'", String::from_utf8_lossy(text));
        super::version(text).ok_or_else(|| Malformed::new(offset, wrong()))
    }

    /// What the targets of the document are, if they are known already.
    fn mask(&self) -> Option<Mask> {
        self.targets.or_else(|| Some(self.archs? & self.platforms?))
    }

    /// The bit of the best fit, if the targets are known already and one of them is good enough.
    fn chosen(&self) -> Option<Mask> {
        let any_platform = self.is_inner && self.all(Kind::InstallName).any(|name| ANY_PLATFORM.contains(&name));
        let enough = match self.is_inner {
            true if any_platform => ALL,
            true => FOR_REEXPORT,
            false => FOR_CLIENTS,
        };
        let mask = self.mask()? & enough;
        (mask != 0).then(|| mask & mask.wrapping_neg())
    }

    fn runs_on(&mut self, arch: Mask, platform: Option<Platform>, min: Version) {
        let new = platform.filter(|p| arch != 0 && !self.runs_on.iter().any(|(other, _)| other == p));
        self.runs_on.extend(new.map(|platform| (platform, min)));
    }

    fn arch_mask(&self, name: &[u8]) -> Mask {
        match (self.arch, name) {
            (Arch::Arm64, b"arm64") | (Arch::X86_64, b"x86_64") => SAME_ARCH,
            (Arch::Arm64, b"arm64e") | (Arch::X86_64, b"x86_64h") => COMPATIBLE_ARCH,
            _ => 0,
        }
    }

    fn platform_mask(&self, platform: Option<Platform>) -> Mask {
        match platform {
            Some(platform) if platform == self.platform => SAME_PLATFORM,
            Some(Platform::MACOS) if self.platform == Platform::MAC_CATALYST => STANDS_FOR_PLATFORM,
            _ => OTHER_PLATFORM,
        }
    }

    /// The two parts of `arm64-ios-simulator`. A platform without a name is written `<12>`.
    fn target_parts(&self, target: &[u8]) -> (Mask, Option<Platform>) {
        let dash = memchr::memchr(b'-', target).unwrap_or(target.len());
        let (arch, platform) = target.split_at(dash);
        let platform = match platform {
            b"-macos" => Platform::MACOS,
            b"-ios" => Platform::IOS,
            b"-tvos" => Platform::TVOS,
            b"-watchos" => Platform::WATCHOS,
            b"-bridgeos" => Platform::BRIDGEOS,
            b"-maccatalyst" => Platform::MAC_CATALYST,
            b"-ios-simulator" => Platform::IOS_SIMULATOR,
            b"-tvos-simulator" => Platform::TVOS_SIMULATOR,
            b"-watchos-simulator" => Platform::WATCHOS_SIMULATOR,
            b"-driverkit" => Platform::DRIVERKIT,
            b"-xros" => Platform::XROS,
            b"-xros-simulator" => Platform::XROS_SIMULATOR,
            other => {
                let number = other.strip_prefix(b"-<").and_then(|n| n.strip_suffix(b">"));
                let number = number.and_then(|n| std::str::from_utf8(n).ok()?.parse().ok());
                return (self.arch_mask(arch), number.map(Platform));
            }
        };
        (self.arch_mask(arch), Some(platform))
    }
}

/// The number of a Swift ABI. The first ones were written as versions of the language.
fn swift_abi(text: &[u8]) -> u8 {
    match text {
        b"1.0" => 1,
        b"1.1" => 2,
        b"2.0" => 3,
        b"3.0" => 4,
        _ => std::str::from_utf8(text).ok().and_then(|t| t.parse().ok()).unwrap_or(0),
    }
}
