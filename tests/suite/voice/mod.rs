// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! How the program speaks: help, status, plan, guide, errors, as they are read;
//! data on stdout, talk on stderr.

mod errors;
mod help;
mod standing;
mod streams;

use crate::user::User;

/// The text without what differs from one run to the next.
pub fn settled(user: &User, text: &str) -> String {
    let place = user.place.path().display().to_string();
    let home = user.path("").display().to_string();
    let mut out = text
        .replace(&place, "[world]")
        .replace(home.trim_end_matches('/'), "[user]")
        .replace(&user.place.world.key, "[key]")
        .replace(env!("CARGO_PKG_VERSION"), "[quorate]");
    for (port, name) in [(user.place.world.archive_port, "[archive]"), (user.place.world.smtp_port, "[relay]")] {
        out = out.replace(&format!(":{port}"), name);
    }
    for (length, shape) in [(20, "dddd-dd-dd dd:dd:ddZ"), (20, "dddd-dd-dd dd:dd UTC")] {
        let letters: Vec<char> = out.chars().collect();
        let fits = |at: usize| {
            letters.len() >= at + length
                && shape
                    .chars()
                    .zip(&letters[at..])
                    .all(|(want, is)| if want == 'd' { is.is_ascii_digit() } else { want == *is })
        };
        let mut at = 0;
        let mut next = String::new();
        while at < letters.len() {
            if fits(at) {
                next.push_str("[time]");
                at += length;
            } else {
                next.push(letters[at]);
                at += 1;
            }
        }
        out = next;
    }
    out
}

pub fn without_line(text: &str, begins: &str) -> String {
    text.lines().filter(|line| !line.starts_with(begins)).map(|line| format!("{}\n", line.trim_end())).collect()
}

pub fn head(text: &str, lines: usize) -> String {
    text.lines().take(lines).collect::<Vec<_>>().join("\n")
}
