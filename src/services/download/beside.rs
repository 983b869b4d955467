// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The digests that stand beside a file. They are downloaded first, so that a download which
//! came in pieces can be held against one.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::Digest;

/// The largest file that is taken for one of digests.
const DIGEST_BYTES: u64 = 1 << 20;

/// Whether a digest that stands beside `target` is not that of the bytes in `file`. It is
/// no proof of anything: only a reason to ask the server once more.
pub(super) fn speaks_against(target: &Path, file: &Path) -> bool {
    let said = |ending| digest_file(target, ending);
    let holds = if let Some(said) = said(".sha512") {
        digest::<sha2::Sha512>(file).map(|digits| said.contains(&digits))
    } else if let Some(said) = said(".sha256") {
        digest::<sha2::Sha256>(file).map(|digits| said.contains(&digits))
    } else if let Some(said) = said(".sha1") {
        digest::<sha1::Sha1>(file).map(|digits| said.contains(&digits))
    } else {
        Ok(true)
    };
    // What cannot be read says so when it is put in its place.
    matches!(holds, Ok(false))
}

/// The text of the digest file, without spaces, which some forms put between the digits.
fn digest_file(target: &Path, ending: &str) -> Option<String> {
    let mut beside = target.as_os_str().to_owned();
    beside.push(ending);
    let beside = PathBuf::from(beside);
    if fs::metadata(&beside).ok()?.len() > DIGEST_BYTES {
        return None;
    }
    let text = fs::read_to_string(beside).ok()?;
    Some(text.split_whitespace().collect::<String>().to_ascii_lowercase())
}

fn digest<D: Digest>(path: &Path) -> io::Result<String> {
    let (mut file, mut hasher, mut buffer) = (File::open(path)?, D::new(), vec![0; 128 * 1024]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            read => hasher.update(&buffer[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_in_any_form_speaks_for_or_against() {
        let place = tempfile::tempdir().unwrap();
        let (target, file) = (place.path().join("x.tgz"), place.path().join("partial"));
        fs::write(&file, b"abc").unwrap();
        assert!(!speaks_against(&target, &file), "nothing is said");
        let put = |ending: &str, text: &str| fs::write(place.path().join(format!("x.tgz{ending}")), text).unwrap();
        put(".sha1", "A9993E36 4706816A BA3E2571 7850C26C\n  9CD0D89D\n");
        assert!(!speaks_against(&target, &file));
        put(".sha1", "a9993e364706816aba3e25717850c26c9cd0d89e");
        assert!(speaks_against(&target, &file));
        put(".sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  x.tgz\n");
        assert!(!speaks_against(&target, &file), "the stronger one counts");
        put(".sha512", &"0".repeat(128));
        assert!(speaks_against(&target, &file));
    }
}
