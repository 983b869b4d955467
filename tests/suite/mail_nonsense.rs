// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Mails and texts at random: the bodies of the fuzz targets, over pieces of mails put together
//! as nobody would.

use proptest::prelude::*;

#[path = "../../fuzz/mail_bodies.rs"]
mod mail_bodies;

/// Pieces that lead a reader on.
const PIECES: [&str; 28] = [
    "From ann@example.org Thu Jan  1 10:00:00 2026\n",
    "\n\nFrom bob Thu Jan  1 10:00:00 2026\n",
    "From: Ann Example <ann@apache.org>\n",
    "From: =?utf-8?B?QW5u?= via dev <dev@example.org>\n",
    "Subject: [VOTE] Release Greeter 1.2.0\n",
    "Subject: Re: [VOTE] Release Greeter 1.2.0\n",
    "Message-ID: <a@example.org>\n",
    "In-Reply-To: <a@example.org>\nReferences: <b@example.org> <a@example.org>\n",
    "Date: Thu, 1 Jan 2026 10:00:00 +0000\n",
    "Content-Type: multipart/mixed; boundary=b\n",
    "Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n",
    "Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n",
    "Content-Type: text/plain; format=flowed; delsp=yes\n",
    "\n\n--b\n",
    "\n--b--\n",
    "\n",
    "+1 (binding)",
    "[x] -1 do not",
    "＋1\u{200b}",
    "> ",
    ">From ",
    "-- \n",
    "On Thu, Ann wrote:\n",
    "________________\nFrom: Ann\nSent: now\nTo: all\nSubject: x\n",
    "I change my vote to ",
    "<blockquote>+1</blockquote><div>",
    "=\n=3D=C3",
    "```\n",
];

fn texts() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => (0..PIECES.len()).prop_map(|at| PIECES[at].as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..40),
        1 => "[ -~\n]{0,40}".prop_map(String::into_bytes),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_panics_and_nothing_is_counted_that_was_not_cast(bytes in texts()) {
        mail_bodies::mails(&bytes);
        mail_bodies::ballot(&bytes);
    }
}
