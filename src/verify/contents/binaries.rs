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
    } else {
        None
    }
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
