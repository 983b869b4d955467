// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Checksum files, in every form that Apache projects publish them in.
//!
//! Reading one gives entries, each a digest with the name that stands beside it, if one
//! does; [`check`] holds them against the file's digests.

use super::Finding;
use super::signature::{Reading, printable};
use crate::release::Sha512;

/// The check's name in findings.
const NAME: &str = "checksum";

/// A larger file is no checksum file.
const MOST_BYTES: usize = 1 << 20;

/// The digests of a file, as they were computed.
#[derive(Debug, Clone, Copy)]
pub struct Computed<'a> {
    /// Its SHA-512.
    pub sha512: &'a Sha512,
    /// Its SHA-256 as 64 lower-case digits, where it was computed.
    pub sha256: Option<&'a str>,
    /// Its SHA-1 as 40 lower-case digits, where it was computed.
    pub sha1: Option<&'a str>,
    /// Its MD5 as 32 lower-case digits, where it was computed.
    pub md5: Option<&'a str>,
}

impl<'a> Computed<'a> {
    /// What was computed while a file was read.
    pub fn of(reading: &'a Reading) -> Self {
        Self { sha512: reading.sha512(), sha256: reading.sha256(), sha1: reading.sha1(), md5: reading.md5() }
    }

    /// The digest that has so many digits.
    pub fn of_length(self, digits: usize) -> Option<&'a str> {
        match digits {
            128 => Some(self.sha512.as_str()),
            64 => self.sha256,
            40 => self.sha1,
            32 => self.md5,
            _ => None,
        }
    }
}

/// An entry of a checksum file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The digits, in lower case.
    pub digest: String,
    /// The name beside them.
    pub name: Option<String>,
    /// The algorithm that the BSD form names: "SHA512".
    pub algorithm: Option<String>,
}

/// Holds the checksum file called `companion` (`x.tgz.sha512`), with the bytes `text`,
/// against what was computed of the artifact beside it. The extension says which digest
/// must be in it.
pub fn check(companion: &str, text: &[u8], computed: Computed<'_>) -> Finding {
    match held(companion, text, computed) {
        Ok((detail, None)) => Finding::pass(NAME, detail),
        Ok((detail, Some(caution))) => Finding::warn(NAME, format!("{detail}; {caution}")),
        Err(fault) => Finding::fail(NAME, format!("{}: {fault}", printable(companion))),
    }
}

/// What was proved, with what should be known of it; or the fault.
fn held(companion: &str, text: &[u8], computed: Computed<'_>) -> Result<(String, Option<String>), String> {
    let companion = base(companion);
    let (file, algorithm, digits, expected) = match companion.rsplit_once('.') {
        Some((file, "sha512")) => (file, "SHA-512", 128, Some(computed.sha512.as_str())),
        Some((file, "sha256")) => (file, "SHA-256", 64, computed.sha256),
        Some((file, "sha1")) => (file, "SHA-1", 40, computed.sha1),
        Some((file, "md5")) => (file, "MD5", 32, computed.md5),
        _ => return Err("a checksum file is called FILE.sha512, FILE.sha256 or, by Maven, FILE.sha1, FILE.md5".into()),
    };
    let entries = entries(text)?;
    let count = entries.len();
    let named =
        |entry: &&Entry| entry.name.as_deref().is_some_and(|name| base(name) == file || base(name.trim()) == file);
    let mut mine: Vec<&Entry> = entries.iter().filter(named).collect();
    if mine.is_empty() && count == 1 && entries[0].name.is_none() {
        mine.push(&entries[0]);
    }
    let Some(entry) = mine.first() else {
        return Err(match entries.iter().find_map(|entry| entry.name.as_deref()) {
            Some(other) => format!("it is for {}, expected {file}", printable(other)),
            None => format!("it has {count} digests without names, expected one, or one for {file}"),
        });
    };
    if mine.iter().any(|other| other.digest != entry.digest) {
        return Err(format!("it has different digests for {file}"));
    }
    // nobody can tell whose it is, and `sha512sum --check` stumbles over it
    if let Some(other) = entries.iter().find(|other| other.name.is_none() && other.digest != entry.digest) {
        return Err(format!("beside the digest of {file} it has one without a name, {}", short(&other.digest)));
    }
    fits(entry, algorithm, digits)?;
    let expected = expected.ok_or_else(|| format!("could not be checked: the file's {algorithm} was not computed"))?;
    if entry.digest != expected {
        return Err(format!("wrong {algorithm}: it says {}, the file has {}", short(&entry.digest), short(expected)));
    }
    let directory = entry.name.as_deref().filter(|name| *name != file && name.trim() != file);
    let caution = directory.map(|name| format!("it names {}, expected {file} without a directory", printable(name)));
    Ok((format!("{algorithm} is {}", short(expected)), caution))
}

/// That the entry is by the algorithm that the extension names.
fn fits(entry: &Entry, algorithm: &str, digits: usize) -> Result<(), String> {
    if let Some(named) = &entry.algorithm
        && *named != algorithm.replace('-', "")
    {
        return Err(format!("it has a digest by {}, expected {algorithm}", printable(named)));
    }
    let found = entry.digest.len();
    if found != digits {
        let called = match found {
            32 => " (MD5?)",
            40 => " (SHA-1?)",
            64 => " (SHA-256?)",
            96 => " (SHA-384?)",
            128 => " (SHA-512?)",
            _ => "",
        };
        return Err(format!("its digest has {found} digits{called}, {algorithm} has {digits}"));
    }
    Ok(())
}

/// The entries of a checksum file, in its order.
///
/// # Errors
/// When a line of it is none, as a sentence.
pub fn entries(text: &[u8]) -> Result<Vec<Entry>, String> {
    lines(text)?.into_iter().collect()
}

/// The entries of a checksum file, in its order; in the place of each line that is none, what
/// is wrong with it.
///
/// # Errors
/// When it is no text, or there is nothing in it.
pub fn lines(text: &[u8]) -> Result<Vec<Result<Entry, String>>, String> {
    if text.len() > MOST_BYTES {
        return Err("it is too large for a checksum file".to_owned());
    }
    let text = std::str::from_utf8(text).map_err(|_| "it is not text".to_owned())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    let mut found = Vec::new();
    let mut grouped: Option<Entry> = None;
    for whole in text.lines().filter(|line| !line.trim().is_empty()) {
        if let Some(entry) = coreutils_line(whole) {
            found.extend(grouped.take().map(with_digest));
            found.push(Ok(entry));
            continue;
        }
        let line = whole.trim_end();
        // a line of `gpg --print-md` goes on where the one before it ended
        if let Some(open) = &mut grouped
            && line.starts_with([' ', '\t'])
            && let Some(more) = groups(line)
        {
            open.digest.push_str(&more);
            continue;
        }
        found.extend(grouped.take().map(with_digest));
        match whole_line(line) {
            Some(entry) => found.push(Ok(entry)),
            None => match group_line(line) {
                Some(entry) => grouped = Some(entry),
                None => found.push(Err(no_digest(line))),
            },
        }
    }
    found.extend(grouped.map(with_digest));
    Ok(found)
}

fn with_digest(entry: Entry) -> Result<Entry, String> {
    if entry.digest.is_empty() { Err("it has a name without a digest".to_owned()) } else { Ok(entry) }
}

fn no_digest(line: &str) -> String {
    format!("no digest in the line \"{}\"", printable(&line.chars().take(60).collect::<String>()))
}

/// `HASH  FILE` or `HASH *FILE` as the coreutils write it: the name is all that comes behind, blanks
/// and an asterisk too.
fn coreutils_line(line: &str) -> Option<Entry> {
    let escaped = line.strip_prefix('\\');
    let (digest, rest) = escaped.unwrap_or(line).split_once(' ')?;
    let (digest, name) = (digits(digest).filter(|digest| digest.len() >= 32)?, rest.strip_prefix([' ', '*'])?);
    if name.trim().is_empty() {
        return None;
    }
    let name = if escaped.is_some() { unescaped(name)? } else { name.to_owned() };
    Some(Entry { digest, name: Some(name), algorithm: None })
}

/// A line that holds all of its entry: `SHA512 (FILE) = HASH` or, by OpenSSL,
/// `SHA2-512(FILE)= HASH`; `HASH  FILE`, `HASH *FILE`, `HASH`.
fn whole_line(line: &str) -> Option<Entry> {
    // The coreutils escape a name that would not fit in a line, and say so by a backslash.
    if let Some(escaped) = line.strip_prefix('\\') {
        let entry = whole_line(escaped)?;
        return Some(Entry { name: Some(unescaped(entry.name.as_deref()?)?), ..entry });
    }
    if let Some((algorithm, rest)) = line.split_once('(')
        && let Some((name, digest)) = rest.rsplit_once(')')
        && let Some(digest) = digest.trim_start().strip_prefix('=')
        && algorithm.trim_end().bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'/'))
    {
        let algorithm = algorithm.trim_end().to_ascii_uppercase().replace("SHA2-", "SHA").replace(['-', '/'], "");
        return Some(Entry { digest: digits(digest.trim())?, name: Some(name.to_owned()), algorithm: Some(algorithm) });
    }
    let line = line.trim_start();
    let (digest, name) = line.split_once([' ', '\t']).map_or((line, None), |(digest, name)| (digest, Some(name)));
    let digest = digits(digest)?;
    let Some(name) = name else { return Some(Entry { digest, name: None, algorithm: None }) };
    // a second word of digits is the next group of `gpg --print-md` without a name
    let name = name.trim_start();
    let name = name.strip_prefix('*').unwrap_or(name);
    (digest.len() >= 32 && !name.is_empty()).then(|| Entry { digest, name: Some(name.to_owned()), algorithm: None })
}

/// A name in which `\n`, `\r` and `\\` stand for what they say; `None` where another sign is
/// escaped.
fn unescaped(name: &str) -> Option<String> {
    let mut signs = name.chars();
    let mut whole = String::with_capacity(name.len());
    while let Some(sign) = signs.next() {
        whole.push(match sign {
            '\\' => match signs.next()? {
                'n' => '\n',
                'r' => '\r',
                '\\' => '\\',
                _ => return None,
            },
            sign => sign,
        });
    }
    Some(whole)
}

/// The first line of `gpg --print-md`: `FILE: ABCD 1234 …`, or `FILE:`, or groups alone.
fn group_line(line: &str) -> Option<Entry> {
    if let Some(digest) = groups(line) {
        return Some(Entry { digest, name: None, algorithm: None });
    }
    let (name, digest) = match line.rsplit_once(": ") {
        Some((name, digest)) => (name, groups(digest)?),
        None => (line.strip_suffix(':')?, String::new()),
    };
    (!name.is_empty()).then(|| Entry { digest, name: Some(name.to_owned()), algorithm: None })
}

/// Words of digits, put together.
fn groups(words: &str) -> Option<String> {
    words.split_whitespace().map(digits).collect()
}

/// The word in lower case, if it is digits of a digest.
fn digits(word: &str) -> Option<String> {
    let fits = !word.is_empty() && word.len().is_multiple_of(2) && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| word.to_ascii_lowercase())
}

/// The name without directories, of either system.
pub(super) fn base(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// A digest short enough for a line.
pub(super) fn short(digest: &str) -> String {
    match digest.get(..16) {
        Some(start) if digest.len() > 24 => format!("{start}…{}", &digest[digest.len() - 8..]),
        _ => digest.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::release::{FileDigest, checksum_file};
    use crate::verify::Status;

    const SHA1_OF_ABC: &str = "a9993e364706816aba3e25717850c26c9cd0d89d";
    const SHA256_OF_ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    fn checked(companion: &str, text: impl AsRef<[u8]>) -> Finding {
        let sha512 = Sha512::of(b"abc");
        check(
            companion,
            text.as_ref(),
            Computed { sha512: &sha512, sha256: Some(SHA256_OF_ABC), sha1: Some(SHA1_OF_ABC), md5: None },
        )
    }

    /// The digest as `gpg --print-md` prints it after `indent` columns, so many groups a line.
    fn print_md(digest: &str, indent: usize) -> String {
        let groups: Vec<_> =
            digest.to_uppercase().as_bytes().chunks(8).map(|c| String::from_utf8_lossy(c).into_owned()).collect();
        groups.chunks(4).map(|line| line.join(" ")).collect::<Vec<_>>().join(&format!("\n{}", " ".repeat(indent)))
    }

    #[test]
    fn every_form_in_use_is_read() {
        let hash = Sha512::of(b"abc").to_string();
        let upper = hash.to_uppercase();
        for text in [
            hash.clone(),
            format!("{hash}\n"),
            format!("{upper}\r\n"),
            format!("\u{feff}{hash}  x.tgz\r\n"),
            format!("{hash}  x.tgz\n"),
            format!("{hash} x.tgz\n"),
            format!("{hash} *x.tgz\n"),
            format!("{hash}\tx.tgz\n"),
            format!("SHA512 (x.tgz) = {hash}\n"),
            format!("SHA512(x.tgz)= {hash}\n"),
            format!("SHA2-512(x.tgz)= {hash}\n"),
            format!("x.tgz: {}\n", print_md(&hash, 7)),
            format!("x.tgz:\n    {}\n", print_md(&hash, 4)),
            format!("x.tgz: {hash}\n"),
            format!("{}\n", print_md(&hash, 1)),
            format!("{}  other.tgz\n{hash}  x.tgz\n", Sha512::of(b"other")),
            format!("other.tgz: {}\nx.tgz: {}", print_md(Sha512::of(b"other").as_str(), 11), print_md(&hash, 7)),
        ] {
            let finding = checked("x.tgz.sha512", &text);
            assert_eq!(finding.status, Status::Pass, "{text:?}: {finding:?}");
        }
        let ours = FileDigest { name: "x.tgz".into(), bytes: 3, sha512: Sha512::of(b"abc") };
        assert_eq!(checked("x.tgz.sha512", checksum_file(&ours)).status, Status::Pass);
        assert_eq!(checked("x.tgz.sha256", format!("{SHA256_OF_ABC}  x.tgz")).status, Status::Pass);
    }

    #[test]
    fn what_gpg_and_the_coreutils_print_is_read() {
        let directory = tempfile::tempdir_in("/tmp").unwrap();
        let name = "a file (1) with : signs.tgz";
        for file in ["x.tgz", name] {
            std::fs::write(directory.path().join(file), b"abc").unwrap();
            for command in [
                &["gpg", "--print-md", "SHA512", file][..],
                &["sha512sum", file],
                &["sha512sum", "--binary", file],
                &["sha512sum", "--tag", file],
            ] {
                let mut run = std::process::Command::new(command[0]);
                run.args(&command[1..]).current_dir(&directory).env("GNUPGHOME", directory.path());
                let output = run.output().unwrap();
                let finding = checked(&format!("{file}.sha512"), &output.stdout);
                assert_eq!(finding.status, Status::Pass, "{command:?}: {finding:?} {output:?}");
            }
        }
    }

    #[test]
    fn escaped_names_are_read_as_the_coreutils_write_them() {
        let directory = tempfile::tempdir().unwrap();
        for name in ["back\\slash", "two\nlines", "plain"] {
            std::fs::write(directory.path().join(name), b"abc").unwrap();
            let line = crate::release::digest_line(&Sha512::of(b"abc"), name) + "\n";
            for more in [&[][..], &["--tag"]] {
                let mut sum = std::process::Command::new("sha512sum");
                let output = sum.args(more).arg(name).current_dir(&directory).output().unwrap();
                assert_eq!(entries(&output.stdout).unwrap()[0].name.as_deref(), Some(name), "{output:?}");
                assert!(!more.is_empty() || output.stdout == line.as_bytes(), "{line}");
            }
        }
        let digest = Sha512::of(b"abc");
        assert!(entries(format!("\\{digest}  a\\tb").as_bytes()).is_err());
        assert_eq!(
            lines(format!("words\n{digest}  a\n").as_bytes()).unwrap().iter().filter(|line| line.is_ok()).count(),
            1
        );
    }

    #[test]
    fn a_directory_before_the_name_is_a_warning() {
        let hash = Sha512::of(b"abc");
        for name in ["./x.tgz", "target/x.tgz", "C:\\out\\x.tgz", "/home/ann/x.tgz"] {
            let finding = checked("rc1/x.tgz.sha512", format!("{hash}  {name}\n"));
            assert_eq!(finding.status, Status::Warn, "{finding:?}");
            assert!(finding.detail.contains(name), "{finding:?}");
        }
    }

    #[test]
    fn each_fault_has_its_own_message() {
        let hash = Sha512::of(b"abc").to_string();
        let other = Sha512::of(b"other").to_string();
        for (companion, text, expected) in [
            ("x.tgz.sha512", format!("{other}  x.tgz\n"), "wrong SHA-512: it says "),
            ("x.tgz.sha512", other.clone(), "wrong SHA-512: it says "),
            ("x.tgz.sha512", format!("{hash}  y.tgz\n"), "it is for y.tgz, expected x.tgz"),
            ("x.tgz.sha512", format!("{hash}  xx.tgz\n"), "it is for xx.tgz, expected x.tgz"),
            ("x.tgz.sha512", format!("y.tgz: {}", print_md(&hash, 7)), "it is for y.tgz, expected x.tgz"),
            ("x.tgz.sha512", format!("{hash}  x.tgz\n{other}  x.tgz\n"), "different digests for x.tgz"),
            (
                "x.tgz.sha512",
                format!("{other}\n{hash}  x.tgz\n"),
                "beside the digest of x.tgz it has one without a name",
            ),
            ("x.tgz.sha512", format!("{hash}\n{hash}\n"), "2 digests without names"),
            ("x.tgz.sha512", SHA256_OF_ABC.to_owned(), "64 digits (SHA-256?), SHA-512 has 128"),
            ("x.tgz.sha256", format!("{hash}  x.tgz"), "128 digits (SHA-512?), SHA-256 has 64"),
            ("x.tgz.sha512", hash[..126].to_owned(), "126 digits, SHA-512 has 128"),
            ("x.tgz.sha512", format!("SHA256 (x.tgz) = {hash}"), "by SHA256, expected SHA-512"),
            ("x.tgz.sha512", format!("x.tgz: {}", &print_md(&hash, 7)[..80]), "64 digits (SHA-256?), SHA-512 has 128"),
            ("x.tgz.sha512", " \n".to_owned(), "it is empty"),
            ("x.tgz.sha512", "<html>404</html>".to_owned(), "no digest in the line \"<html>404"),
            ("x.tgz.sha512", "x.tgz:".to_owned(), "a name without a digest"),
            ("x.tgz.crc", hash.clone(), "called FILE.sha512, FILE.sha256"),
        ] {
            let finding = checked(companion, &text);
            assert_eq!(finding.status, Status::Fail, "{text}: {finding:?}");
            assert!(finding.detail.contains(expected), "{text:?}: {finding:?}");
            assert!(finding.detail.starts_with(companion), "{finding:?}");
        }
        assert!(checked("x.tgz.sha512", b"\xff\xfe").detail.contains("not text"));
        assert!(checked("x.tgz.sha512", vec![b'a'; MOST_BYTES + 1]).detail.contains("too large"));
        let sha512 = Sha512::of(b"abc");
        let maven = |text: &str| {
            check(
                "x.tgz.sha1",
                text.as_bytes(),
                Computed { sha512: &sha512, sha256: None, sha1: Some(SHA1_OF_ABC), md5: None },
            )
        };
        assert_eq!(maven(SHA1_OF_ABC).status, Status::Pass);
        assert_eq!(maven(&SHA1_OF_ABC.replace('a', "b")).status, Status::Fail);
        let unasked = check(
            "x.tgz.sha256",
            SHA256_OF_ABC.as_bytes(),
            Computed { sha512: &sha512, sha256: None, sha1: None, md5: None },
        );
        assert!(unasked.status == Status::Fail && unasked.detail.contains("could not be checked"), "{unasked:?}");
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_pass(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in ".{0,200}") {
            prop_assert_eq!(checked("x.tgz.sha512", &bytes).status, Status::Fail);
            prop_assert_eq!(checked("x.tgz.sha512", &text).status, Status::Fail);
        }

        #[test]
        fn a_changed_digit_never_passes(at in 0_usize..128, to in "[0-9a-fA-F xg:\n]", form in 0..4) {
            let hash = Sha512::of(b"abc").to_string();
            let mut changed = hash.clone();
            changed.replace_range(at..=at, &to);
            prop_assume!(!changed.eq_ignore_ascii_case(&hash));
            let text = match form {
                0 => changed,
                1 => format!("{changed}  x.tgz\n"),
                2 => format!("SHA512 (x.tgz) = {changed}\n"),
                _ => format!("x.tgz: {}\n", print_md(&changed, 7)),
            };
            prop_assert_eq!(checked("x.tgz.sha512", &text).status, Status::Fail, "{}", text);
        }
    }
}
