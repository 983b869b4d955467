// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Archives in forms that are not read. What is in them cannot be checked, so they have
//! to be known as what they are.

/// The forms: what they are called, how names of them end, what they begin with.
const FORMS: [(&str, &[&str], &[u8]); 16] = [
    ("a bzip2", &[".bz2", ".tbz2", ".tbz"], b"BZh"),
    ("a Zstandard", &[".zst", ".tzst"], b"\x28\xb5\x2f\xfd"),
    ("a 7z", &[".7z"], b"7z\xbc\xaf\x27\x1c"),
    ("a rar", &[".rar"], b"Rar!\x1a\x07"),
    ("an lzip", &[".lz", ".tlz"], b"LZIP"),
    ("an LZMA", &[".lzma"], b"\x5d\0\0"),
    ("an LZ4", &[".lz4"], b"\x04\x22\x4d\x18"),
    ("a compress", &[".tar.z", ".taz"], b"\x1f\x9d"),
    ("a cabinet", &[".cab"], b"MSCF\0\0\0\0"),
    ("a cpio", &[".cpio"], b"07070"),
    ("an rpm", &[".rpm"], b"\xed\xab\xee\xdb"),
    ("a squashfs", &[".squashfs", ".snap"], b"hsqs"),
    ("a virtual machine's disk", &[".qcow2"], b"QFI\xfb\0"),
    ("an image of Windows", &[".wim"], b"MSWIM\0\0\0"),
    // whose magics are further on, or at the end
    ("an image of a CD", &[".iso"], b""),
    ("an image of macOS", &[".dmg"], b""),
];

/// What the name of a file says.
pub fn unread_by_name(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let found = FORMS.iter().find(|(_, endings, _)| endings.iter().any(|ending| name.ends_with(ending)));
    found.map(|(what, ..)| *what)
}

/// What the first bytes of a file say.
pub fn unread_by_magic(top: &[u8]) -> Option<&'static str> {
    if let Some(what) = image(top) {
        return Some(what);
    }
    let (what, _, magic) = FORMS.iter().find(|(_, _, magic)| !magic.is_empty() && top.starts_with(magic))?;
    let rest = &top[magic.len()..];
    let really = match *what {
        // the size of its blocks, then pi
        "a bzip2" => matches!(rest, [b'1'..=b'9', b'1', b'A', b'Y', b'&', b'S', b'Y', ..]),
        // the rest of the dictionary's size, then a length that is not known or not very large
        "an LZMA" => rest.get(2..10).is_some_and(|length| length == [0xff; 8] || length[6..] == [0, 0]),
        "a cpio" => matches!(rest, [b'1' | b'2' | b'7', digits @ ..] if digits.get(..8).is_some_and(hexadecimal)),
        _ => true,
    };
    really.then_some(*what)
}

/// Images of disks: a CD's first descriptor is behind sixteen sectors, a macOS image has a block at its end.
fn image(bytes: &[u8]) -> Option<&'static str> {
    const DESCRIPTOR: std::ops::Range<usize> = 0x8001..0x8006;
    if bytes.get(DESCRIPTOR) == Some(b"CD001") {
        return Some("an image of a CD");
    }
    let end = bytes.len().checked_sub(512).and_then(|at| bytes.get(at..at + 8));
    (end == Some(b"koly\0\0\0\x04")).then_some("an image of macOS")
}

fn hexadecimal(digits: &[u8]) -> bool {
    digits.iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_read_is_known_by_its_name_and_its_bytes() {
        for (name, bytes, what) in [
            ("demo-1.0-src.tar.bz2", &b"BZh91AY&SY"[..], "a bzip2"),
            ("a.tar.zst", b"\x28\xb5\x2f\xfd\0", "a Zstandard"),
            ("a.7Z", b"7z\xbc\xaf\x27\x1c\0\x04", "a 7z"),
            ("a.tar.lzma", b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff", "an LZMA"),
            ("a.tar.Z", b"\x1f\x9d\x90", "a compress"),
            ("a.cpio", b"070701000012ab", "a cpio"),
        ] {
            assert_eq!((unread_by_name(name), unread_by_magic(bytes)), (Some(what), Some(what)), "{name}");
        }
        for bytes in [&b"BZhello"[..], b"", b"07070 is a number", b"\x5d\0\0 and words that follow"] {
            assert_eq!(unread_by_magic(bytes), None);
        }
        let cd = [&vec![0; 0x8001][..], b"CD001\x01"].concat();
        let mac = [&[1; 700][..], b"koly\0\0\0\x04", &[0; 504]].concat();
        assert_eq!(
            (unread_by_magic(&cd), unread_by_magic(&mac)),
            (Some("an image of a CD"), Some("an image of macOS"))
        );
        assert_eq!(unread_by_name("a-1.0.iso"), Some("an image of a CD"));
        assert_eq!(unread_by_name("a.tar.gz").or(unread_by_name("quiz.txt")), None);
    }
}
