// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Compiled code, by its first bytes: a name says nothing.

/// What compiled code the bytes begin, if they do; `top` holds at least the first 1024
/// if there are as many.
pub fn compiled(top: &[u8]) -> Option<&'static str> {
    let begins = |magic: &[u8]| top.starts_with(magic);
    if begins(b"\x7fELF") {
        Some("an ELF program or library")
    } else if begins(&[0xca, 0xfe, 0xba, 0xbe]) {
        java_or_fat(top)
    } else if [0xfeed_face, 0xfeed_facf, 0xcafe_babf_u32]
        .iter()
        .any(|magic| begins(&magic.to_be_bytes()) || begins(&magic.to_le_bytes()))
    {
        Some("a Mach-O program or library")
    } else if begins(b"MZ") && portable_executable(top) {
        Some("a Windows program or library")
    } else if begins(b"\0asm") {
        Some("WebAssembly")
    } else if begins(b"!<arch>\n") || begins(b"!<thin>\n") {
        Some("a library of object files")
    } else if begins(b"BC\xc0\xde") || begins(&[0xde, 0xc0, 0x17, 0x0b]) {
        Some("LLVM bitcode")
    } else if begins(b"dex\n0") {
        Some("a dex for Android")
    } else if python_bytecode(top) {
        Some("compiled Python")
    } else if begins(b"FOR1") && top.get(8..12) == Some(b"BEAM") {
        Some("a BEAM module of Erlang")
    } else if begins(b"\x1bLua") || begins(b"\x1bLJ") {
        Some("compiled Lua")
    } else if object_file(top) {
        Some("an object file of Windows")
    } else if installer(top) {
        Some("an installer of Windows (MSI)")
    } else if begins(b"MZ") && old_program(top) {
        Some("an old program for DOS or Windows")
    } else {
        by_magic(top)
    }
}

/// Formats of code that a few bytes tell for certain.
const MAGICS: &[(&[u8], &str)] = &[
    (b"JM\x01\0PK", "a jmod of Java"),
    (b"\xca\xfe\xda\xda", "an image of Java's modules"),
    (b"\xda\xda\xfe\xca", "an image of Java's modules"),
    (b"\xca\xfe\xd0\x0d", "packed Java classes (pack200)"),
    (b"\xa2\xba\x0b\xf0", "an archive of loaded Java classes"),
    (b"\xbf\xba\xfe\xca", "a fat Mach-O program or library"),
    (b"\xbe\xba\xfe\xca", "a fat Mach-O program or library"),
    (b"Cr24\x02\0\0\0", "a browser's extension (crx)"),
    (b"Cr24\x03\0\0\0", "a browser's extension (crx)"),
    (b"dey\n0", "an optimised dex for Android"),
    (b"oat\n", "compiled code of Android (oat)"),
    (b"vdex0", "compiled code of Android (vdex)"),
    (b"Caml1999", "compiled OCaml"),
    (b";ELC", "compiled Emacs Lisp"),
    (b"RITE0", "compiled Ruby (mruby)"),
    (b"YARB", "compiled Ruby"),
    (b"\xc6\x1f\xbc\x03\xc1\x03\x19\x1f", "compiled JavaScript (Hermes)"),
    (b"\x50\xed\x55\xba", "compiled code for a GPU (CUDA)"),
    (b"\x03\x02\x23\x07\0", "a compiled shader (SPIR-V)"),
    (b"\x07\x23\x02\x03\0", "a compiled shader (SPIR-V)"),
    (b"DXBC", "a compiled shader (DirectX)"),
    (b"MTLB\x01", "a compiled shader (Metal)"),
    (b"\x27\x05\x19\x56", "an image for U-Boot"),
    (b"xar!\0\x1c", "an installer of macOS"),
    (b"ITSF\x03\0\0\0", "compiled HTML help (CHM)"),
    (b"\x01\xfa\xce\x64", "an interface of compiled Haskell"),
];

fn by_magic(top: &[u8]) -> Option<&'static str> {
    if let Some((_, what)) = MAGICS.iter().find(|(magic, _)| top.starts_with(magic)) {
        let text = top.iter().take(64).all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
        // words of a text may begin so
        return (!text).then_some(*what);
    }
    match top {
        // Flash: its version, and a length that some film has
        [b'F' | b'C' | b'Z', b'W', b'S', 1..=60, length @ ..] => {
            let length = length.first_chunk::<4>().map(|length| u32::from_le_bytes(*length));
            length.is_some_and(|length| (20..1 << 28).contains(&length)).then_some("a Flash film")
        }
        [b'M', 3..=6, 0..=0x3f, 0x1e..=0x40, rest @ ..] if rest.contains(&0) => Some("compiled MicroPython"),
        _ if top.get(0x202..0x206) == Some(b"HdrS") => Some("a Linux kernel"),
        _ => None,
    }
}

/// A program from before Windows had its own: a header of some paragraphs with nothing in much of it.
fn old_program(top: &[u8]) -> bool {
    let Some(header) = top.get(..0x1c) else { return false };
    let number = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
    let (last, pages, paragraphs) = (number(2), number(4), number(8));
    last < 512 && pages > 0 && (2..=64).contains(&paragraphs) && header.iter().filter(|byte| **byte == 0).count() >= 6
}

/// Java's class files and Mach-O's fat files have the same magic. What follows is a
/// version of at least 45 in the one, a small count of programs in the other.
fn java_or_fat(top: &[u8]) -> Option<&'static str> {
    const FIRST_CLASS_VERSION: u16 = 45;
    let number = |at: usize| top.get(at..at + 2).map(|bytes| u16::from_be_bytes([bytes[0], bytes[1]]));
    match (number(4)?, number(6)?) {
        (_, major) if major >= FIRST_CLASS_VERSION => Some("a Java class"),
        (0, 1..) => Some("a fat Mach-O program or library"),
        _ => None,
    }
}

/// Behind `MZ` the place of the real header is said, and there it is.
fn portable_executable(top: &[u8]) -> bool {
    let Some(at) = top.get(0x3c..0x40) else { return false };
    let at = u32::from_le_bytes([at[0], at[1], at[2], at[3]]) as usize;
    match at.checked_add(4).and_then(|end| top.get(at..end)) {
        Some(magic) => magic == b"PE\0\0",
        // an old program for DOS, or a header further on
        None => top.len() >= 1024,
    }
}

/// A compound file, as old documents are too, whose root is of Windows' installer: "[MS-CFB]",
/// 2.2 and 2.6.1. A root that is further on than `top` is not seen.
fn installer(top: &[u8]) -> bool {
    const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    /// 000C1084, 000C1086 and 000C1082-0000-0000-C000-000000000046: a package, a patch, a transform.
    const CLASSES: [u8; 3] = [0x84, 0x86, 0x82];
    const REST: &[u8] = b"\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46";
    let (Some(shift), Some(first)) = (top.get(30), top.get(48..52)) else { return false };
    let first = u64::from(u32::from_le_bytes([first[0], first[1], first[2], first[3]]));
    if !top.starts_with(COMPOUND) || !(9..=12).contains(shift) {
        return false;
    }
    let class = usize::try_from(((first + 1) << shift) + 80).unwrap_or(usize::MAX);
    let class = class.checked_add(16).and_then(|end| top.get(class..end));
    class.is_some_and(|class| CLASSES.contains(&class[0]) && class[1..] == *REST)
}

/// COFF has no magic: a machine's number, a sane count of sections, no header as a program has.
fn object_file(top: &[u8]) -> bool {
    const MACHINES: [u16; 4] = [0x014c, 0x8664, 0xaa64, 0x01c4];
    const MOST_SECTIONS: u16 = 0x1000;
    /// What says of a file that it is a program or a library.
    const LINKED: u16 = 0x2002;
    let Some(header) = top.get(..20) else { return false };
    let number = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
    let anonymous = number(0) == 0 && number(2) == 0xffff && (1..=2).contains(&number(4));
    if anonymous {
        return MACHINES.contains(&number(6));
    }
    MACHINES.contains(&number(0))
        && (1..=MOST_SECTIONS).contains(&number(2))
        && number(16) == 0
        && number(18) & LINKED == 0
}

/// A number of the interpreter's version, `\r\n`, then flags or a time, then a code object.
fn python_bytecode(top: &[u8]) -> bool {
    let [low, high, b'\r', b'\n', ..] = top else { return false };
    let version = u16::from_le_bytes([*low, *high]);
    let known = (2900..=3999).contains(&version) || (20121..=62299).contains(&version);
    // the marshalled code object, with or without the flag that it is referred to
    known && [8, 12, 16].iter().any(|at| matches!(top.get(*at), Some(0x63 | 0xe3)))
}

#[cfg(test)]
mod tests {
    use super::compiled;

    /// A compound file whose root, in its second sector, has a class that begins so.
    fn compound(class: u8) -> Vec<u8> {
        let mut bytes = vec![0; 2048];
        bytes[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
        (bytes[30], bytes[48]) = (9, 1);
        let root = [&[class, 0x10, 0x0c][..], b"\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"].concat();
        bytes[1024 + 80..1024 + 96].copy_from_slice(&root);
        bytes
    }

    #[test]
    fn code_is_known_by_its_first_bytes() {
        let elf = |kind: u8| [&b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0"[..], &[kind, 0, 0x3e, 0]].concat();
        let film = |kind: u8, version: u8| vec![kind, b'W', b'S', version, 0x10, 0x27, 0, 0, 0x78, 0xda];
        let pyc = |number: u16, at: usize| {
            let mut bytes = [&number.to_le_bytes()[..], b"\r\n", &[0; 20]].concat();
            bytes[at] = 0xe3;
            bytes
        };
        let dos = [&b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8\0\0\0\0\0\0\0\x40\0\0\0"[..], &[0; 64]].concat();
        let kernel = [&vec![0; 0x202][..], b"HdrS"].concat();
        for (bytes, what) in [
            (compound(0x84), "an installer of Windows (MSI)"),
            (compound(0x82), "an installer of Windows (MSI)"),
            (b"ITSF\x03\0\0\0\x60\0\0\0".to_vec(), "compiled HTML help (CHM)"),
            (elf(1), "an ELF program or library"),
            (elf(2), "an ELF program or library"),
            (elf(4), "an ELF program or library"),
            (b"JM\x01\0PK\x03\x04".to_vec(), "a jmod of Java"),
            (b"\xda\xda\xfe\xca\0\0\x01\0".to_vec(), "an image of Java's modules"),
            (b"\xca\xfe\xba\xbe\0\0\0\x41\0\x1d".to_vec(), "a Java class"),
            (b"\xca\xfe\xd0\x0d\x07\x96".to_vec(), "packed Java classes (pack200)"),
            (b"Cr24\x03\0\0\0\x45\x02".to_vec(), "a browser's extension (crx)"),
            (film(b'F', 5), "a Flash film"),
            (film(b'C', 10), "a Flash film"),
            (film(b'Z', 33), "a Flash film"),
            (b"dex\n035\0".to_vec(), "a dex for Android"),
            (b"\x1bLua\x54\0\x19\x93\r\n\x1a\n".to_vec(), "compiled Lua"),
            (b"\x1bLJ\x02\x02".to_vec(), "compiled Lua"),
            (pyc(3495, 16), "compiled Python"),
            (pyc(3379, 12), "compiled Python"),
            (pyc(62211, 8), "compiled Python"),
            (b"BC\xc0\xde\x35\x14".to_vec(), "LLVM bitcode"),
            (b"\xde\xc0\x17\x0b\0\0".to_vec(), "LLVM bitcode"),
            (b"\0asm\x0d\0\x01\0".to_vec(), "WebAssembly"),
            (b"!<arch>\ndebian-binary   ".to_vec(), "a library of object files"),
            (b"Caml1999O030\0\0".to_vec(), "compiled OCaml"),
            (b";ELC\x1c\0\0\0".to_vec(), "compiled Emacs Lisp"),
            (b"RITE0300\0\0".to_vec(), "compiled Ruby (mruby)"),
            (b"\x03\x02\x23\x07\0\0\x01\0".to_vec(), "a compiled shader (SPIR-V)"),
            (b"M\x06\0\x1f\x03\x01\0".to_vec(), "compiled MicroPython"),
            (b"\x27\x05\x19\x56\x9a".to_vec(), "an image for U-Boot"),
            (dos, "an old program for DOS or Windows"),
            (kernel, "a Linux kernel"),
        ] {
            assert_eq!(compiled(&bytes), Some(what), "{:x?}", &bytes[..bytes.len().min(12)]);
        }
    }

    #[test]
    fn texts_and_data_are_no_code() {
        let document = compound(0x06);
        assert_eq!([&document[..], &document[..600]].map(compiled), [None; 2], "an old document of Office");
        for bytes in [
            &b"MZ is what such files begin with, and this is a text about them, long enough to be one header."[..],
            b"FWS2026 is a name, and not a film of anything.",
            b"CWS\x05",
            b"Caml1999 was the name of an older version, of which nothing is left but the name and this text here.",
            b"YARBOROUGH is a place in Lincolnshire, of which this text has nothing more to say than that it is one.",
            b"RITE001: the first of the rules, written down here as plain text for everybody to read and to follow.",
            b"DXBC",
            b"Metal",
            b"#!/bin/sh\n",
            b"\x89PNG\r\n\x1a\n",
            b"",
        ] {
            assert_eq!(compiled(bytes), None, "{bytes:?}");
        }
    }
}
