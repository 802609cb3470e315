//! What the output is for, and the defaults that follow from it.
//!
//! Apple's linker decides about half of what it writes by platform, oldest system, machine and kind of output, because
//! dyld of that system must understand it. Each such decision is one function here; a flag on the line overrules it.

use super::{Args, OutputKind, Text, Undefined};
use std::fmt;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arch {
    /// `arm64`.
    Arm64,
    /// `x86_64`.
    X86_64,
}

/// What the output runs on: what LC_BUILD_VERSION says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The operating system, or a simulator of one.
    pub platform: Platform,
    /// The oldest system that the output runs on.
    pub min: Version,
    /// The SDK that it was built with.
    pub sdk: Version,
}

/// A platform by its number in LC_BUILD_VERSION (`PLATFORM_…` of `mach-o/loader.h`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Platform(pub u32);

#[allow(missing_docs)]
impl Platform {
    pub const MACOS: Platform = Platform(1);
    pub const IOS: Platform = Platform(2);
    pub const TVOS: Platform = Platform(3);
    pub const WATCHOS: Platform = Platform(4);
    pub const BRIDGEOS: Platform = Platform(5);
    pub const MAC_CATALYST: Platform = Platform(6);
    pub const IOS_SIMULATOR: Platform = Platform(7);
    pub const TVOS_SIMULATOR: Platform = Platform(8);
    pub const WATCHOS_SIMULATOR: Platform = Platform(9);
    pub const DRIVERKIT: Platform = Platform(10);
    pub const XROS: Platform = Platform(11);
    pub const XROS_SIMULATOR: Platform = Platform(12);
}

/// A version X.Y.Z as load commands pack it: 16, 8 and 8 bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Version(pub u32);

impl Version {
    /// X.Y, with 0 for Z.
    pub const fn new(major: u16, minor: u8) -> Version {
        Version((major as u32) << 16 | (minor as u32) << 8)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (major, minor, patch) = (self.0 >> 16, self.0 >> 8 & 0xff, self.0 & 0xff);
        match patch {
            0 => write!(f, "{major}.{minor}"),
            _ => write!(f, "{major}.{minor}.{patch}"),
        }
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// By platform, the oldest system whose dyld understands chained fixups, as Apple's linker has it; the later simulators
/// of arm64 machines did so from their first release.
const CHAINED_FIXUPS_SINCE: &[(Platform, Version)] = &[
    (Platform::MACOS, Version::new(12, 0)),
    (Platform::IOS, Version::new(13, 4)),
    (Platform::MAC_CATALYST, Version::new(15, 0)),
    (Platform::IOS_SIMULATOR, Version::new(15, 0)),
    (Platform::TVOS, Version::new(14, 0)),
    (Platform::TVOS_SIMULATOR, Version::new(15, 0)),
    (Platform::WATCHOS, Version::new(7, 0)),
    (Platform::WATCHOS_SIMULATOR, Version::new(8, 0)),
    (Platform::BRIDGEOS, Version::new(6, 0)),
    (Platform::DRIVERKIT, Version::new(21, 0)),
    (Platform::XROS, Version::new(1, 0)),
    (Platform::XROS_SIMULATOR, Version::new(1, 0)),
];

/// Systems of autumn 2022: the first whose simulators take chained fixups in dylibs.
const AUTUMN_2022: &[(Platform, Version)] = &[
    (Platform::MACOS, Version::new(13, 0)),
    (Platform::IOS, Version::new(16, 0)),
    (Platform::MAC_CATALYST, Version::new(16, 0)),
    (Platform::IOS_SIMULATOR, Version::new(16, 0)),
    (Platform::TVOS, Version::new(16, 0)),
    (Platform::TVOS_SIMULATOR, Version::new(16, 0)),
    (Platform::WATCHOS, Version::new(9, 0)),
    (Platform::WATCHOS_SIMULATOR, Version::new(9, 0)),
    (Platform::XROS, Version::new(1, 0)),
    (Platform::XROS_SIMULATOR, Version::new(1, 0)),
];

/// Systems of autumn 2020: the first whose Objective-C runtime reads relative method lists.
const AUTUMN_2020: &[(Platform, Version)] = &[
    (Platform::MACOS, Version::new(11, 0)),
    (Platform::IOS, Version::new(14, 0)),
    (Platform::MAC_CATALYST, Version::new(14, 0)),
    (Platform::IOS_SIMULATOR, Version::new(14, 0)),
    (Platform::TVOS, Version::new(14, 0)),
    (Platform::TVOS_SIMULATOR, Version::new(14, 0)),
    (Platform::WATCHOS, Version::new(7, 0)),
    (Platform::WATCHOS_SIMULATOR, Version::new(7, 0)),
    (Platform::BRIDGEOS, Version::new(5, 0)),
    (Platform::DRIVERKIT, Version::new(20, 0)),
    (Platform::XROS, Version::new(1, 0)),
    (Platform::XROS_SIMULATOR, Version::new(1, 0)),
];

/// Systems from which Apple's linker moves constant data with fixups to `__DATA_CONST`.
const DATA_CONST_SINCE: &[(Platform, Version)] = &[
    (Platform::MACOS, Version::new(10, 15)),
    (Platform::IOS, Version::new(13, 0)),
    (Platform::MAC_CATALYST, Version::new(13, 0)),
    (Platform::IOS_SIMULATOR, Version::new(13, 0)),
    (Platform::TVOS, Version::new(13, 0)),
    (Platform::TVOS_SIMULATOR, Version::new(13, 0)),
    (Platform::WATCHOS, Version::new(6, 0)),
    (Platform::WATCHOS_SIMULATOR, Version::new(6, 0)),
    (Platform::BRIDGEOS, Version::new(4, 0)),
    (Platform::DRIVERKIT, Version::new(19, 0)),
    (Platform::XROS, Version::new(1, 0)),
    (Platform::XROS_SIMULATOR, Version::new(1, 0)),
];

/// Decisions that depend on the target. Where [`Args::target`] is `None`, the caller has taken it from the first object
/// and passes it in.
impl Args {
    /// Whether fixups are LC_DYLD_CHAINED_FIXUPS rather than the opcodes of LC_DYLD_INFO_ONLY.
    pub fn chained_fixups(&self, arch: Arch, target: Target) -> bool {
        // Undefined symbols that are looked up at run time were never bound by chains in Apple's linker.
        let never = self.kind == OutputKind::Relocatable || self.undefined == Undefined::DynamicLookup;
        let macos_on_intel = arch == Arch::X86_64 && target.platform == Platform::MACOS;
        let autumn_2022 = target.platform.is_simulator() && self.kind == OutputKind::Dylib
            || macos_on_intel && self.kind == OutputKind::Execute;
        let since = if autumn_2022 { AUTUMN_2022 } else { CHAINED_FIXUPS_SINCE };
        self.fixup_chains.unwrap_or(!never && target.is_since(since)) && self.kind != OutputKind::Relocatable
    }

    /// Whether initialisers are 32-bit offsets in `__TEXT,__init_offsets` rather than pointers in `__mod_init_func`.
    pub fn init_offsets(&self, arch: Arch, target: Target) -> bool {
        self.kind != OutputKind::Relocatable && self.init_offsets.unwrap_or_else(|| self.chained_fixups(arch, target))
    }

    /// Whether constant data with fixups goes to `__DATA_CONST`, which dyld makes read-only.
    pub fn data_const(&self, target: Target) -> bool {
        self.kind != OutputKind::Relocatable && self.data_const.unwrap_or_else(|| target.is_since(DATA_CONST_SINCE))
    }

    /// Whether the output is signed ad hoc: what Apple silicon demands of code that runs on a Mac.
    pub fn adhoc_codesign(&self, arch: Arch, target: Target) -> bool {
        let on_mac = matches!(target.platform, Platform::MACOS | Platform::MAC_CATALYST | Platform::DRIVERKIT);
        let default = arch == Arch::Arm64 && (on_mac || target.platform.is_simulator());
        self.kind != OutputKind::Relocatable && self.adhoc_codesign.unwrap_or(default)
    }

    /// Whether Objective-C method lists are written with relative offsets.
    pub fn relative_method_lists(&self, target: Target) -> bool {
        let default = self.kind != OutputKind::Relocatable && target.is_since(AUTUMN_2020);
        self.relative_method_lists.unwrap_or(default)
    }

    /// Whether there is an LC_ENCRYPTION_INFO_64, which the App Store fills in for devices.
    pub fn encryptable(&self, target: Target) -> bool {
        let devices = [Platform::IOS, Platform::TVOS, Platform::WATCHOS, Platform::XROS];
        self.kind != OutputKind::Relocatable && self.encryptable.unwrap_or_else(|| devices.contains(&target.platform))
    }

    /// Whether there is an LC_FUNCTION_STARTS.
    pub fn function_starts(&self) -> bool {
        self.function_starts.unwrap_or(self.kind != OutputKind::Relocatable)
    }

    /// Whether there is an LC_DATA_IN_CODE.
    pub fn data_in_code(&self) -> bool {
        self.data_in_code.unwrap_or(true)
    }

    /// Size of `__PAGEZERO`, bytes; 0 is no such segment.
    pub fn pagezero_size(&self) -> u64 {
        match self.kind {
            OutputKind::Execute => self.pagezero_size.unwrap_or(1 << 32),
            _ => 0,
        }
    }

    /// What LC_ID_DYLIB says: where clients will look for this dylib.
    pub fn install_name(&self) -> Text {
        let path = self.final_output.as_deref().unwrap_or(self.output.as_os_str());
        self.install_name.clone().unwrap_or_else(|| path.as_bytes().into())
    }

    /// Where the program starts.
    pub fn entry_symbol(&self) -> &[u8] {
        self.entry.as_deref().unwrap_or(b"_main")
    }

    /// The folders in which `-l` looks, first to last. `is_folder` says whether a path is one.
    pub fn library_folders(&self, is_folder: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
        self.folders(&self.library_paths, &["/usr/lib", "/usr/local/lib"], is_folder)
    }

    /// The folders in which `-framework` looks, first to last. `is_folder` says whether a path is one.
    pub fn framework_folders(&self, is_folder: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
        self.folders(&self.framework_paths, &["/Library/Frameworks", "/System/Library/Frameworks"], is_folder)
    }

    /// An absolute path in `named` is looked for under each `-syslibroot`, and taken as it is only where none has it. The
    /// standard ones are those of the roots alone: a cross linker must not see the host's.
    fn folders(&self, named: &[PathBuf], standard: &[&str], is_folder: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
        let mut folders = Vec::new();
        for path in named {
            let under = self.rooted(path).filter(|path| is_folder(path));
            let before = folders.len();
            folders.extend(under);
            if folders.len() == before {
                folders.push(path.clone());
            }
        }
        for path in standard.iter().filter(|_| !self.no_standard_paths).map(Path::new) {
            match self.syslibroots.is_empty() {
                true => folders.push(path.to_owned()),
                false => folders.extend(self.rooted(path).filter(|path| is_folder(path))),
            }
        }
        folders
    }

    /// An absolute path under each `-syslibroot`; none for a relative one.
    pub fn rooted<'a>(&'a self, path: &'a Path) -> impl Iterator<Item = PathBuf> + 'a {
        let inside = path.strip_prefix("/").ok();
        self.syslibroots.iter().filter_map(move |root| Some(root.join(inside?)))
    }
}

impl Target {
    /// Whether the oldest system is one of `systems` or later. A platform that is not there counts as new.
    fn is_since(&self, systems: &[(Platform, Version)]) -> bool {
        let first = systems.iter().find(|(platform, _)| *platform == self.platform);
        first.is_none_or(|&(_, version)| self.min >= version)
    }
}

impl Platform {
    /// What Apple calls it.
    pub fn name(self) -> &'static str {
        const NAMES: [&str; 12] = [
            "macOS",
            "iOS",
            "tvOS",
            "watchOS",
            "bridgeOS",
            "Mac Catalyst",
            "iOS-simulator",
            "tvOS-simulator",
            "watchOS-simulator",
            "DriverKit",
            "visionOS",
            "visionOS-simulator",
        ];
        (self.0 as usize).checked_sub(1).and_then(|at| NAMES.get(at)).copied().unwrap_or("unknown")
    }

    /// Whether it runs on a Mac in the place of a device.
    pub fn is_simulator(self) -> bool {
        matches!(
            self,
            Platform::IOS_SIMULATOR | Platform::TVOS_SIMULATOR | Platform::WATCHOS_SIMULATOR | Platform::XROS_SIMULATOR
        )
    }
}
