use super::*;
use crate::args::macho::Platform;

const MAC: Target = Target { platform: Platform::MACOS, min: Version::new(13, 0), sdk: Version::new(14, 0) };

#[test]
fn versions_are_packed() {
    assert_eq!(version(b"1.2.3.4"), Some(Version(0x1_0203)));
}
