// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Which file a vote's rules or people were read from, and what its bytes were.

use serde::{Deserialize, Serialize};

use crate::release::Sha512;

/// How many digits of a digest a person is shown.
const SHOWN: usize = 16;

/// A file of rules or people, as it was when it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileUsed {
    /// Where it was read from: a path, a name under `release-config/`, an address.
    pub name: String,
    /// The SHA-512 of its bytes; of what an address gave, of the roster that was made of it.
    pub sha512: Sha512,
}

impl FileUsed {
    /// A file that was read.
    pub fn of(name: impl Into<String>, bytes: &[u8]) -> Self {
        Self { name: name.into(), sha512: Sha512::of(bytes) }
    }

    /// In a line: the name, and the digest's first digits.
    pub fn in_short(&self) -> String {
        format!("{} (SHA-512 {}…)", self.name, self.start())
    }

    fn start(&self) -> &str {
        &self.sha512.as_str()[..SHOWN]
    }
}

/// What is otherwise in `now` than it was in `before`, a sentence's beginning each.
pub fn changed_files(before: &[FileUsed], now: &[FileUsed]) -> Vec<String> {
    let mut told = Vec::new();
    for file in now {
        match before.iter().find(|one| one.name == file.name) {
            Some(one) if one.sha512 == file.sha512 => {}
            Some(one) => {
                told.push(format!("{} is not what it was: SHA-512 {}…, then {}…", file.name, file.start(), one.start()))
            }
            None => told.push(format!("{} is used now and was not", file.in_short())),
        }
    }
    let gone = before.iter().filter(|one| now.iter().all(|file| file.name != one.name));
    told.extend(gone.map(|one| format!("{} was used and is not now", one.in_short())));
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_is_told_file_by_file() {
        let before = [FileUsed::of("a.toml", b"a"), FileUsed::of("b.toml", b"b")];
        assert!(changed_files(&before, &before).is_empty());
        let told = changed_files(&before, &[FileUsed::of("a.toml", b"other"), FileUsed::of("c.toml", b"c")]);
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told[0].starts_with("a.toml is not what it was: SHA-512 "), "{told:?}");
        assert!(told[1].starts_with("c.toml (SHA-512 ") && told[1].ends_with("is used now and was not"), "{told:?}");
        assert!(told[2].starts_with("b.toml (SHA-512 ") && told[2].ends_with("was used and is not now"), "{told:?}");
    }
}
