//! What the values of options look like: numbers, versions, names, choices.

use super::target::{Arch, Platform, Version};
use super::{Pattern, SectionName, Text, What};
pub(super) use crate::args::value::Value;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

impl Value<'_> {
    /// The path that starts at a byte of the value.
    pub(super) fn path_from(&self, start: usize) -> PathBuf {
        PathBuf::from(OsStr::from_bytes(self.raw.as_bytes().get(start..).unwrap_or_default()))
    }

    /// What becomes a name of the output, or is compared with one.
    pub(super) fn bytes(&self) -> Text {
        self.raw.as_bytes().into()
    }

    pub(super) fn pattern(&self) -> Pattern {
        Pattern::new(self.raw.as_bytes())
    }

    /// A hexadecimal power of two.
    pub(super) fn power_of_two(&self) -> Result<u64, String> {
        match self.hex()? {
            number if number.is_power_of_two() => Ok(number),
            _ => Err(self.wrong("is not a power of two")),
        }
    }

    /// The log2 of a hexadecimal alignment, which is 32 KiB at most.
    pub(super) fn align_log2(&self) -> Result<u8, String> {
        match self.power_of_two()?.trailing_zeros() {
            log2 @ 0..=15 => Ok(log2 as u8),
            _ => Err(self.wrong("is more than 8000, the largest alignment of a section")),
        }
    }

    pub(super) fn arch(&self) -> Result<Arch, String> {
        match self.raw.as_bytes() {
            b"arm64" => Ok(Arch::Arm64),
            b"x86_64" => Ok(Arch::X86_64),
            _ => Err(self.wrong("is not supported; supported: arm64")),
        }
    }

    /// A platform by its name, in the spelling of any of the tools, or by its number.
    pub(super) fn platform(&self) -> Result<Platform, String> {
        let typed = self.raw.to_str().unwrap_or_default().to_ascii_lowercase().replace([' ', '_'], "-");
        let by_name =
            PLATFORMS.iter().find(|(names, _)| names.contains(&typed.as_str())).map(|&(_, platform)| platform);
        let by_number = || typed.parse().ok().filter(|number| PLATFORMS.iter().any(|(_, known)| known.0 == *number));
        by_name.or_else(|| by_number().map(Platform)).ok_or_else(|| {
            let names: Vec<&str> = PLATFORMS.iter().map(|(names, _)| names[0]).collect();
            self.wrong(&format!("is not one of {}", names.join(", ")))
        })
    }

    /// X[.Y[.Z]] for a load command, where it must fit.
    pub(super) fn version(&self) -> Result<Version, String> {
        match self.components::<3>()? {
            ([major @ 0..=0xffff, minor @ 0..=0xff, patch @ 0..=0xff], false) => {
                Ok(Version((major << 16 | minor << 8 | patch) as u32))
            }
            _ => Err(self.wrong("is not a version X.Y.Z, up to 65535.255.255")),
        }
    }

    /// The version of a dylib: what does not fit is cut, as by Apple's linker. The second is whether it was.
    pub(super) fn dylib_version(&self) -> Result<(Version, bool), String> {
        let (parts, more) = self.components::<3>()?;
        let [major, minor, patch] = [parts[0].min(0xffff), parts[1].min(0xff), parts[2].min(0xff)];
        Ok((Version((major << 16 | minor << 8 | patch) as u32), more || parts != [major, minor, patch]))
    }

    /// A[.B[.C[.D[.E]]]] packed as 24, 10, 10, 10 and 10 bits.
    pub(super) fn source_version(&self) -> Result<u64, String> {
        match self.components::<5>()? {
            ([a @ 0..=0xff_ffff, rest @ ..], false) if rest.iter().all(|part| *part < 1024) => {
                Ok(rest.iter().fold(a, |packed, part| packed << 10 | part))
            }
            _ => Err(self.wrong("is not a version A.B.C.D.E, up to 16777215.1023.1023.1023.1023")),
        }
    }

    /// The first N numbers between dots, and whether there are more.
    fn components<const N: usize>(&self) -> Result<([u64; N], bool), String> {
        let text = self.raw.to_str().unwrap_or_default();
        let mut parts = [0; N];
        let mut count = 0;
        for part in text.split('.') {
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            let number = part.parse().ok().filter(|_| digits).ok_or_else(|| self.wrong("is not a version"))?;
            if let Some(place) = parts.get_mut(count) {
                *place = number;
            }
            count += 1;
        }
        Ok((parts, count > N))
    }

    /// The name of a segment or section, which load commands give 16 bytes.
    pub(super) fn name16(&self) -> Result<Text, String> {
        match self.raw.len() {
            1..=16 => Ok(self.bytes()),
            _ => Err(self.wrong("is no name of a segment or section: those have 1 to 16 bytes")),
        }
    }

    /// Such names with colons between.
    pub(super) fn names16(&self) -> Result<Vec<Text>, String> {
        let names = self.raw.as_bytes().split(|byte| *byte == b':');
        names.map(|name| Value { flag: self.flag, raw: OsStr::from_bytes(name) }.name16()).collect()
    }

    /// This segment with that section.
    pub(super) fn section(&self, section: &Value<'_>) -> Result<SectionName, String> {
        Ok(SectionName { segment: self.name16()?, section: section.name16()? })
    }

    /// Letters of `rwx`, where `-` stands for one that is not there.
    pub(super) fn protection(&self) -> Result<u32, String> {
        self.raw.as_bytes().iter().try_fold(0, |mask, letter| {
            Ok(mask
                | match letter {
                    b'r' => 1,
                    b'w' => 2,
                    b'x' => 4,
                    b'-' => 0,
                    _ => return Err(self.wrong("is not made of the letters r, w, x and -")),
                })
        })
    }

    /// `NAME[,SUFFIX]`.
    pub(super) fn framework(&self) -> Result<What, String> {
        let bytes = self.raw.as_bytes();
        let comma = memchr::memchr(b',', bytes);
        let name = &bytes[..comma.unwrap_or(bytes.len())];
        if name.is_empty() {
            return Err(self.wrong("is no name of a framework"));
        }
        let suffix = comma.map(|at| OsStr::from_bytes(&bytes[at + 1..]).to_owned());
        Ok(What::Framework {
            name: OsStr::from_bytes(name).to_owned(),
            suffix: suffix.filter(|suffix| !suffix.is_empty()),
        })
    }
}

impl Pattern {
    /// A symbol's name, or a pattern if it holds a character that patterns are made of.
    pub(super) fn new(text: &[u8]) -> Pattern {
        Pattern { text: text.into(), is_glob: memchr::memchr3(b'*', b'?', b'[', text).is_some() }
    }
}

/// Platforms by name, the one of Apple's manual first. Spaces and underscores count as hyphens.
pub(super) const PLATFORMS: &[(&[&str], Platform)] = &[
    (&["macos", "macosx", "osx"], Platform::MACOS),
    (&["ios", "iphoneos"], Platform::IOS),
    (&["tvos", "appletvos"], Platform::TVOS),
    (&["watchos"], Platform::WATCHOS),
    (&["bridgeos"], Platform::BRIDGEOS),
    (&["mac-catalyst", "maccatalyst", "uikitformac", "iosmac"], Platform::MAC_CATALYST),
    (&["ios-simulator", "iossimulator", "iphonesimulator"], Platform::IOS_SIMULATOR),
    (&["tvos-simulator", "tvossimulator", "appletvsimulator"], Platform::TVOS_SIMULATOR),
    (&["watchos-simulator", "watchossimulator", "watchsimulator"], Platform::WATCHOS_SIMULATOR),
    (&["driverkit"], Platform::DRIVERKIT),
    (&["xros", "visionos"], Platform::XROS),
    (&["xros-simulator", "xrsimulator", "xrossimulator", "visionos-simulator"], Platform::XROS_SIMULATOR),
];
