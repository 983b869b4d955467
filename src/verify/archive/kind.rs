// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What archive a file is: what its name says, and what its first bytes say.

/// The forms of archives that can be looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArchiveKind {
    /// `.tar.gz`, `.tgz`, and `.crate` of Cargo.
    TarGz,
    /// `.tar.xz`, `.txz`.
    TarXz,
    /// `.tar`.
    Tar,
    /// `.zip`, `.jar`, `.war`, `.whl`.
    Zip,
}

/// Where the magic of a tar is.
const USTAR: std::ops::Range<usize> = 257..262;

impl ArchiveKind {
    /// What the name of a file says.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if ends(&[".tar.gz", ".tgz", ".crate"]) {
            Some(Self::TarGz)
        } else if ends(&[".tar.xz", ".txz"]) {
            Some(Self::TarXz)
        } else if ends(&[".tar"]) {
            Some(Self::Tar)
        } else if ends(&[".zip", ".jar", ".war", ".ear", ".whl", ".nar"]) {
            Some(Self::Zip)
        } else {
            None
        }
    }

    /// What the first bytes of a file say, 512 of them if it has as many.
    pub fn of_magic(top: &[u8]) -> Option<Self> {
        if top.starts_with(&[0x1f, 0x8b]) {
            Some(Self::TarGz)
        } else if top.starts_with(&[0xfd, b'7', b'z', b'X', b'Z', 0]) {
            Some(Self::TarXz)
        } else if top.starts_with(b"PK\x03\x04") || top.starts_with(b"PK\x05\x06") {
            Some(Self::Zip)
        } else if top.get(USTAR) == Some(b"ustar") || is_old_tar(top) {
            Some(Self::Tar)
        } else {
            None
        }
    }

    /// What it is called.
    pub fn word(self) -> &'static str {
        match self {
            Self::TarGz => "gzip",
            Self::TarXz => "xz",
            Self::Tar => "tar",
            Self::Zip => "zip",
        }
    }
}

/// Whether the bytes begin with the header of a tar from before it had a magic: its sum
/// is right.
fn is_old_tar(top: &[u8]) -> bool {
    const SUM: std::ops::Range<usize> = 148..156;
    let Some(header) = top.get(..512).filter(|header| header[0] != 0) else { return false };
    let digits = header[SUM].trim_ascii().split(|byte| *byte == 0 || *byte == b' ').next().unwrap_or_default();
    let said = std::str::from_utf8(digits).ok().and_then(|digits| u32::from_str_radix(digits, 8).ok());
    // the sum is made with blanks in its own place
    let sum = |part: &[u8]| part.iter().copied().map(u32::from).sum::<u32>();
    said == Some(sum(&header[..SUM.start]) + 8 * u32::from(b' ') + sum(&header[SUM.end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_archive_it_is() {
        for (name, kind) in [
            ("a-1.0.0-src.tgz", Some(ArchiveKind::TarGz)),
            ("a-1.0.0.crate", Some(ArchiveKind::TarGz)),
            ("A-1.0.0.TAR.XZ", Some(ArchiveKind::TarXz)),
            ("a-1.0.0.jar", Some(ArchiveKind::Zip)),
            ("a-1.0.0-linux-x86_64", None),
            ("crate", None),
        ] {
            assert_eq!(ArchiveKind::of_name(name), kind, "{name}");
        }
    }
}
