// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a file says under which licence it is.

use memchr::memmem;

/// How much of a file is looked at; a header stands at the top.
pub const HEADER_BYTES: usize = 4096;

const NEEDLES: [&str; 3] =
    ["Licensed to the Apache Software Foundation", "Licensed under the Apache License", "SPDX-License-Identifier:"];

/// What the top of a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LicenceHeader {
    /// There is a header.
    Present,
    /// There is none.
    Missing,
    /// The file is binary or empty, and cannot have one.
    Inapplicable,
}

impl LicenceHeader {
    /// Of a file that begins with `top`: its first [`HEADER_BYTES`], or all of it.
    pub fn of(top: &[u8]) -> Self {
        let top = &top[..top.len().min(HEADER_BYTES)];
        if NEEDLES.iter().any(|needle| memmem::find(top, needle.as_bytes()).is_some()) {
            Self::Present
        } else if top.trim_ascii().is_empty() || top.contains(&0) {
            Self::Inapplicable
        } else if rewrapped(top) {
            Self::Present
        } else {
            Self::Missing
        }
    }
}

/// Whether a header is there once line ends, comment signs and letter case are set aside.
fn rewrapped(top: &[u8]) -> bool {
    let text = words(&String::from_utf8_lossy(top));
    NEEDLES.iter().any(|needle| text.contains(&words(needle)))
}

/// The words alone, in lower case, with a space around each; comment signs that
/// are words (`dnl`, `rem`) left out.
fn words(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric()).map(str::to_ascii_lowercase);
    let mut line = String::from(" ");
    for word in words.filter(|word| !matches!(word.as_str(), "" | "dnl" | "rem")) {
        line.push_str(&word);
        line.push(' ');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_however_they_are_wrapped() {
        for text in [
            "/*\n * Licensed to the Apache Software Foundation (ASF) under one\n */\n",
            "# Licensed under the Apache License, Version 2.0\n",
            "// SPDX-License-Identifier: Apache-2.0\n",
            "/*\n * Licensed to the Apache\n * Software Foundation (ASF)\n */",
            "REM Licensed to the\r\nREM Apache Software Foundation\r\n",
            "<!--\n  ~ Licensed under\n  ~ the Apache\n  ~ License -->",
            "dnl Licensed to the Apache\ndnl Software Foundation",
        ] {
            assert_eq!(LicenceHeader::of(text.as_bytes()), LicenceHeader::Present, "{text}");
        }
    }

    #[test]
    fn its_absence_is_seen_and_binary_files_have_none() {
        let late = "x\n".repeat(HEADER_BYTES) + "Licensed under the Apache License";
        for text in ["fn main() {}\n", "Licensed to the Apache Hardware Foundation", &late] {
            assert_eq!(LicenceHeader::of(text.as_bytes()), LicenceHeader::Missing, "{text}");
        }
        for bytes in [&b"\x89PNG\r\n\0\0"[..], b"", b"\n \n"] {
            assert_eq!(LicenceHeader::of(bytes), LicenceHeader::Inapplicable, "{bytes:?}");
        }
    }
}
