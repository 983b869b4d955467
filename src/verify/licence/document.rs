// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What kind of file RAT takes a file for, by its name and its first bytes. Only a
//! standard file must have a licence header.

/// How much of a file is looked at to tell text from data.
const TASTE_BYTES: usize = 200;

/// Names of notices, in capitals, without an extension.
const NOTICES: &[&str] = &[
    "AUTHOR",
    "AUTHORS",
    "BUILD",
    "BUILDING",
    "CHANGELOG",
    "COPYRIGHT",
    "DEPENDENCIES",
    "DISCLAIMER",
    "INSTALL",
    "KEYS",
    "LICENSE",
    "NEWS",
    "NOTICE",
    "README",
    "RELEASE-NOTES",
    "RELEASE_NOTES",
    "STATUS",
    "UPGRADE",
];

/// Those of them that are no notices with `.txt` after them.
const NEVER_TXT: &[&str] = &["AUTHORS", "BUILD", "DEPENDENCIES"];

const ARCHIVES: &[&str] = &[
    "bz", "bz2", "ear", "gz", "har", "jar", "mar", "odb", "odf", "odg", "odp", "ods", "odt", "par", "rar", "sar",
    "tar", "war", "wsr", "xar", "zip",
];

const BINARIES: &[&str] = &[
    "a",
    "aif",
    "cert",
    "class",
    "crl",
    "dat",
    "dll",
    "doc",
    "eot",
    "exe",
    "exp",
    "gif",
    "icns",
    "ico",
    "idb",
    "iff",
    "jks",
    "jpeg",
    "jpg",
    "json",
    "keystore",
    "ks",
    "lib",
    "m3u",
    "m4a",
    "mid",
    "mp3",
    "mpa",
    "ncb",
    "obj",
    "pdf",
    "pem",
    "png",
    "psd",
    "pyc",
    "pyd",
    "raj",
    "so",
    "suo",
    "swf",
    "tif",
    "tiff",
    "truststore",
    "ttf",
    "wav",
    "wma",
    "woff",
    "woff2",
    "xcf",
];

/// What RAT takes a file for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// A licence, notice, readme: it needs no header.
    Notice,
    /// An archive: it cannot have one.
    Archive,
    /// Data: it cannot have one.
    Binary,
    /// In a hidden directory: RAT does not look there.
    Hidden,
    /// Everything else: it must have one.
    Standard,
}

impl Document {
    /// Of the file at `path` (with `/`, from the root) that begins with `top`.
    pub fn of(path: &str, top: &[u8]) -> Self {
        let (directories, name) = path.rsplit_once('/').unwrap_or(("", path));
        if directories.split('/').any(|directory| directory.len() > 1 && directory.starts_with('.')) {
            return Self::Hidden;
        }
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        let extension = extension.as_deref().unwrap_or("");
        if is_notice(&name.to_ascii_uppercase()) {
            Self::Notice
        } else if ARCHIVES.contains(&extension) {
            Self::Archive
        } else if BINARIES.contains(&extension) || is_data(top) {
            Self::Binary
        } else {
            Self::Standard
        }
    }
}

fn is_notice(name: &str) -> bool {
    if NOTICES.contains(&name) {
        return true;
    }
    match name.strip_suffix(".TXT") {
        Some(stem) => NOTICES.contains(&stem) && !NEVER_TXT.contains(&stem) || ends_in_licence(stem),
        None => ends_in_licence(name),
    }
}

fn ends_in_licence(name: &str) -> bool {
    name.ends_with(".LICENSE") || name.ends_with(".NOTICE")
}

/// Whether the first bytes are no text: no UTF-8 (also when a character is cut off at
/// the 200th byte), or more than three of ten UTF-16 units control characters or
/// beyond U+0100.
fn is_data(top: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(&top[..top.len().min(TASTE_BYTES)]) else { return true };
    let (mut odd, mut all) = (0, 0);
    for unit in text.encode_utf16() {
        all += 1;
        odd += usize::from(!(9..=256).contains(&unit));
    }
    odd * 100 > all * 30
}
