// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate vote tally` on an mbox of 5,000 mails, beside a script that reads the same file
//! with Python's standard library and one regular expression, in turn in one run:
//! `make bench`. Both are pinned to one core where `taskset` is there. The table goes to
//! standard output.
//!
//! - a list's month: 40 threads, one of them a vote of 500 mails;
//! - one vote of 5,000 mails.
//!
//! `cargo bench --bench tally -- --keep DIR` leaves the files.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that cannot go on says where")]

mod one_core;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use one_core::one_core;

const PROGRAM: &str = env!("CARGO_BIN_EXE_quorate");
const MAILS: usize = 5_000;
const BOUND: Duration = Duration::from_millis(100);
const PEER: &str = r#"
import mailbox, re, sys
vote = re.compile(r"^\s*\*?([+-][01])\b", re.M)
counts = {}
for mail in mailbox.mbox(sys.argv[1]):
    if "[VOTE]" not in (mail["subject"] or ""):
        continue
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            text = part.get_payload(decode=True).decode(part.get_content_charset() or "utf-8", "replace")
            found = vote.search("\n".join(line for line in text.split("\n") if not line.startswith(">")))
            if found:
                counts[mail["from"]] = found.group(1)
            break
print(len(counts))
"#;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let kept = arguments.iter().position(|argument| argument == "--keep").and_then(|at| arguments.get(at + 1));
    let temporary = tempfile::tempdir().unwrap();
    let place = kept.map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    fs::create_dir_all(&place).unwrap();
    fs::write(place.join("roster.toml"), roster()).unwrap();
    fs::write(place.join("peer.py"), PEER).unwrap();
    println!("| what | median | min – max | bound | |\n|---|---|---|---|---|");
    for (name, what, threads) in
        [("month", "a list's month of 5,000 mails, its vote tallied", 40), ("vote", "a vote of 5,000 mails tallied", 1)]
    {
        fs::write(place.join(name), mbox(threads)).unwrap();
        compare(&place, name, what);
    }
}

fn compare(place: &Path, name: &str, what: &str) {
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..8 {
        let started = Instant::now();
        let output = tally(place, name);
        let mine = started.elapsed();
        // open, passed, failed: what it came to is not what is measured
        assert!(output.status.code().is_some_and(|code| matches!(code, 0 | 1 | 3)), "{output:?}");
        let started = Instant::now();
        let output = one_core("python3").arg(place.join("peer.py")).arg(place.join(name)).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        if round > 0 {
            ours.push(mine);
            theirs.push(started.elapsed());
        }
    }
    let mut ratios: Vec<f64> = ours.iter().zip(&theirs).map(|(a, b)| b.as_secs_f64() / a.as_secs_f64()).collect();
    ratios.sort_by(f64::total_cmp);
    let median = row(what, ours);
    let verdict = if median < BOUND { "holds" } else { "DOES NOT HOLD" };
    println!(" under {} ms | {verdict} |", BOUND.as_millis());
    row("mailbox and a regular expression on the same", theirs);
    println!(" | |");
    println!(
        "| the second in terms of the first, pair by pair | {:.0} times | {:.0} – {:.0} | | |",
        ratios[ratios.len() / 2],
        ratios[0],
        ratios[ratios.len() - 1]
    );
}

/// Prints a row's beginning.
fn row(what: &str, mut times: Vec<Duration>) -> Duration {
    times.sort();
    let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
    let median = times[times.len() / 2];
    print!("| {what} | {} | {} – {} |", ms(median), ms(times[0]), ms(times[times.len() - 1]));
    median
}

fn tally(place: &Path, name: &str) -> Output {
    one_core(PROGRAM)
        .args(["vote", "tally", "--action", "product-release", "--json", "--mbox"])
        .arg(place.join(name))
        .arg("--roster")
        .arg(place.join("roster.toml"))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn roster() -> String {
    let mut text = "format = 1\nproject = \"widget\"\nas_of = \"2026-01-01\"\n".to_owned();
    for number in 0..40 {
        let _ = writeln!(
            text,
            "\n[[member]]\nid = \"member{number}\"\nname = \"Member Number{number}\"\nemails = [\"person{number}@example.org\"]\nroles = [\"pmc\", \"committer\"]"
        );
    }
    text
}

const CALL: &str = "Hi everyone,\n\nPlease review and vote on the release candidate #1 for Apache Widget 1.2.3, as follows:\n\n[ ] +1, Approve the release\n[ ] -1, Do not approve the release (please provide specific comments)\n\nThe complete staging area is available for your review, which includes:\n* the release notes [1],\n* the official source release to be deployed to dist.example.org [2],\n* all artifacts to be deployed to the repository [3].\n\nThe vote will be open for at least 72 hours. It is adopted by majority approval,\nwith at least 3 PMC affirmative votes.\n\nThanks,\nThe release manager\n";

const VOTES: [&str; 10] = [
    "+1 (binding)\n\n- verified the signatures and the checksums\n- built from source with Java 17\n- ran the quick start\n",
    "+1 (non-binding)\n\nThanks for driving this!\n",
    "Hi all,\n\n+1 from my side. I checked the LICENSE and the NOTICE, and ran all the tests.\n\nBest,\nAnn\n",
    "Thanks for the quick fix.\n",
    "+1\n",
    "Could you share the log of the build? On my machine the third test hangs for a minute and then passes,\nwhich may be the network here.\n",
    "-0, I would prefer to wait for the fix of the slow start.\n",
    "We have 2 binding +1 so far, please have a look.\n",
    "I change my vote to +1, the build works here now.\n",
    "LGTM, +1 (binding)\n",
];

/// A list's mails in so many threads; the first is a vote, and every fifth.
fn mbox(threads: usize) -> Vec<u8> {
    let mut text = String::new();
    for number in 0..MAILS {
        // the tallied vote is the largest: a tenth of all
        let thread = if threads == 1 || number % 10 == 0 { 0 } else { 1 + number % (threads - 1) };
        mail(&mut text, number, thread, threads);
    }
    text.into_bytes()
}

fn mail(text: &mut String, number: usize, thread: usize, threads: usize) {
    let person = number * 7 % 400;
    let first = number == first_of(thread, threads);
    let topic = if thread.is_multiple_of(5) {
        format!("[VOTE] Release Apache Widget {thread}.2.3, release candidate #1")
    } else {
        format!("[DISCUSS] How part {thread} of the widget should start")
    };
    let mark = if first { "" } else { "Re: " };
    let (day, hour, minute) = (1 + number / 200, number / 60 % 24, number % 60);
    let _ = write!(
        text,
        "From dev-return-{number}-archive=example.org@widget.example.org Thu Jan  {day:02} {hour:02}:{minute:02}:00 2026\nReturn-Path: <dev-return-{number}@widget.example.org>\nX-Original-To: archive-asf-public@cust-asf.example.org\nDelivered-To: archive-asf-public@cust-asf.example.org\nReceived: from mxout1.example.org (mxout1.example.org [192.0.2.7])\n\tby mx1.example.org (Postfix) with ESMTPS id 4AB{number:06X}\n\tfor <archive@example.org>; Thu, {day:02} Jan 2026 {hour:02}:{minute:02}:30 +0000 (UTC)\nReceived: (qmail 1234 invoked by uid 500); {day} Jan 2026 {hour:02}:{minute:02}:20 -0000\nMailing-List: contact dev-help@widget.example.org; run by ezmlm\nPrecedence: bulk\nList-Help: <mailto:dev-help@widget.example.org>\nList-Unsubscribe: <mailto:dev-unsubscribe@widget.example.org>\nList-Post: <mailto:dev@widget.example.org>\nList-Id: <dev.widget.example.org>\nReply-To: dev@widget.example.org\nDelivered-To: mailing list dev@widget.example.org\nReceived: from smtp.example.com (HELO mail-{person}.example.com) (198.51.100.{})\n    by apache.org (qpsmtpd/0.29) with ESMTP; Thu, {day:02} Jan 2026 {hour:02}:{minute:02}:10 +0000\nDKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=20230601; t=1767225600;\n        h=to:subject:message-id:date:from:in-reply-to:references:mime-version:from;\n        bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\n        b=dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSbav+yuU4zGeeruD00lszZVoG4ZHRNiYzR\nMIME-Version: 1.0\nFrom: Person Number{person} <person{person}@example.org>\nDate: Thu, {day:02} Jan 2026 {hour:02}:{minute:02}:05 +0000\nMessage-ID: <CA+{number:08x}@mail.example.com>\nSubject: {mark}{topic}\nTo: dev@widget.example.org\n",
        person % 250
    );
    if !first {
        let _ = write!(
            text,
            "References: <CA+{:08x}@mail.example.com> <CA+{:08x}@mail.example.com>\nIn-Reply-To: <CA+{:08x}@mail.example.com>\n",
            first_of(thread, threads),
            first_of(thread, threads),
            first_of(thread, threads)
        );
    }
    body(text, number, person, first);
    text.push('\n');
}

/// The number of the thread's first mail.
fn first_of(thread: usize, threads: usize) -> usize {
    (0..MAILS).find(|number| threads == 1 || is_first(*number, thread, threads)).unwrap_or(0)
}

fn is_first(number: usize, thread: usize, threads: usize) -> bool {
    if thread == 0 {
        number == 0
    } else {
        !number.is_multiple_of(10) && 1 + number % (threads - 1) == thread && number < 2 * threads
    }
}

/// A quarter each: plain, multipart, quoted-printable, plain with the call's answer below.
fn body(text: &mut String, number: usize, person: usize, first: bool) {
    let said = if first { CALL } else { VOTES[(number * 13 / 7) % VOTES.len()] };
    let quoted: String = CALL.lines().map(|line| format!("> {line}\n")).collect();
    let under = format!(
        "On Thu, Jan 1, 2026 at 9:00 AM Person Number{person} <\nperson{person}@example.org> wrote:\n\n{quoted}"
    );
    let whole = if first { said.to_owned() } else { format!("{said}\n{under}") };
    match number % 4 {
        0 => {
            let _ = write!(text, "Content-Type: text/plain; charset=\"UTF-8\"\n\n{whole}");
        }
        1 => {
            let html = whole.replace('&', "&amp;").replace('>', "&gt;").replace('<', "&lt;").replace('\n', "<br>\n");
            let _ = write!(
                text,
                "Content-Type: multipart/alternative; boundary=\"0000000000{number:08x}\"\n\n--0000000000{number:08x}\nContent-Type: text/plain; charset=\"UTF-8\"\n\n{whole}\n--0000000000{number:08x}\nContent-Type: text/html; charset=\"UTF-8\"\nContent-Transfer-Encoding: quoted-printable\n\n<div dir=3D\"ltr\">{html}</div>\n\n--0000000000{number:08x}--\n"
            );
        }
        2 => {
            let encoded = whole.replace('=', "=3D").replace("the ", "the=\n ");
            let _ = write!(
                text,
                "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n{encoded}"
            );
        }
        _ => {
            let _ = write!(
                text,
                "User-Agent: Mozilla Thunderbird\nContent-Type: text/plain; charset=UTF-8; format=flowed\nContent-Transfer-Encoding: 7bit\n\n{under}\n{said}-- \nPerson\n"
            );
        }
    }
}
