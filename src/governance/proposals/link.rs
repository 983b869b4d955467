// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Links to mail threads: whether one is set, whether it leads to a thread, whether its archive
//! still answers, and where the thread may be found instead.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use serde::Deserialize;

use super::scheme::Scheme;

/// An archive of mails.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Archive {
    /// Its host, or the end of it.
    pub host: String,
    /// Whether it is the project's own, whose addresses stay.
    #[serde(default)]
    pub own: bool,
    /// Whether it is gone.
    #[serde(default)]
    pub dead: bool,
    /// Whether it was replaced and still sends on.
    #[serde(default)]
    pub old: bool,
    /// Whether somebody else keeps it.
    #[serde(default)]
    pub foreign: bool,
}

/// What is wrong with a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkFault {
    /// It is no address.
    NoAddress,
    /// It leads to a list, a search or a month, and to no thread.
    NoThread,
    /// It is as long as no id of a thread is: cut, or with something after it.
    Damaged(String),
    /// Its archive is gone; where it may be found instead.
    Dead(Option<String>),
    /// Its archive was replaced; where it may be found instead.
    Old(Option<String>),
    /// It is in somebody else's archive.
    Foreign,
    /// It leads through another service, which may forget it.
    Indirect,
}

/// Whether a link is none: empty, a placeholder of the template, a word for "not yet".
pub fn is_unset(text: &str) -> bool {
    let text = text.trim().to_ascii_lowercase();
    let words = ["", "-", "–", "tbd", "todo", "n/a", "na", "none", "unknown", "here", "link", "?", "xxx", "pending"];
    words.contains(&text.as_str())
        || text.contains("<- link to")
        || text.contains("&lt;- link to")
        || text.contains("link to http")
}

/// How many letters the id of a thread has at the foundation's archive.
const THREAD_ID: usize = 32;

/// What is wrong with a link that is set.
pub fn link_fault(scheme: &Scheme, link: &str) -> Option<LinkFault> {
    let Some((host, path)) = parts(link) else { return Some(LinkFault::NoAddress) };
    let archive = scheme.archives.iter().find(|archive| is_of(&host, &archive.host));
    match archive {
        Some(archive) if archive.dead => Some(LinkFault::Dead(search(scheme, path))),
        Some(archive) if archive.old => Some(LinkFault::Old(search(scheme, path))),
        Some(archive) if archive.foreign => Some(LinkFault::Foreign),
        Some(_) => own_fault(path),
        None if host == "s.apache.org" => Some(LinkFault::Indirect),
        None => Some(LinkFault::Foreign),
    }
}

/// Host and path of a web address.
fn parts(link: &str) -> Option<(String, &str)> {
    let rest = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"))?;
    if link.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let plain = host.contains('.') && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-:".contains(c));
    plain.then(|| (host.split(':').next().unwrap_or(host).to_ascii_lowercase(), path))
}

fn is_of(host: &str, archive: &str) -> bool {
    host.strip_suffix(archive).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// An address at the project's own archive: `/thread/ID`, or `/thread.html/HASH@<list>`.
fn own_fault(path: &str) -> Option<LinkFault> {
    let plain = path.split(['?', '#']).next().unwrap_or(path).trim_end_matches('/');
    if let Some(id) = plain.strip_prefix("/thread/") {
        let fits = id.len() == THREAD_ID && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        // a Message-ID is found as well
        let fits = fits || id.contains('@') || id.contains("%40");
        return (!fits)
            .then(|| LinkFault::Damaged(format!("`{id}` has {} letters; an id has {THREAD_ID}", id.chars().count())));
    }
    if plain.strip_prefix("/thread.html/").is_some_and(|id| !id.is_empty()) {
        return None;
    }
    Some(LinkFault::NoThread)
}

/// What an address must not have in it as it is.
const NOT_IN_ADDRESS: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'#').add(b'%').add(b':').add(b'|');

/// The search of the list's archive for the subject, or the month, that an old address holds.
fn search(scheme: &Scheme, path: &str) -> Option<String> {
    let words = subject_in(path);
    let what = match (month_in(path), words) {
        (Some(month), _) => month,
        (None, Some(words)) => format!("lte=20y:{}", utf8_percent_encode(&words, NOT_IN_ADDRESS)),
        (None, None) => return None,
    };
    scheme.list.contains('@').then(|| format!("https://lists.apache.org/list?{}:{what}", scheme.list))
}

/// `/DISCUSS-FLIP-1-Fine-grained-td12510.html` holds `FLIP-1 Fine grained`.
pub(super) fn subject_in(path: &str) -> Option<String> {
    let name = path.rsplit('/').next()?.split(['#', '?']).next()?.strip_suffix(".html")?;
    let (name, number) = name.rsplit_once('-')?;
    let of_thread = number.trim_start_matches(|c: char| c.is_ascii_lowercase());
    if of_thread.is_empty() || !of_thread.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let words: Vec<&str> = name.split('-').filter(|word| !word.is_empty()).collect();
    let words = match words.first() {
        Some(&"DISCUSS" | &"VOTE" | &"RESULT") => &words[1..],
        _ => &words[..],
    };
    let text = match words {
        [prefix, number, rest @ ..] if number.chars().all(|c| c.is_ascii_digit()) && !rest.is_empty() => {
            format!("{prefix}-{number} {}", rest.join(" "))
        }
        words => words.join(" "),
    };
    (!text.is_empty()).then_some(text)
}

/// `/mod_mbox/flink-dev/201606.mbox/<id>` holds a month, `2016-6`.
fn month_in(path: &str) -> Option<String> {
    let name = path.strip_prefix("/mod_mbox/")?.split('/').nth(1)?.strip_suffix(".mbox")?;
    let digits = name.len() == 6 && name.chars().all(|c| c.is_ascii_digit());
    let (year, month) = digits.then(|| name.split_at(4))?;
    Some(format!("{year}-{}", month.parse::<u8>().ok()?))
}

/// The numbers of proposals that the words of a link name.
pub(super) fn numbers_in(scheme: &Scheme, link: &str) -> Vec<u32> {
    let text = percent_decode_str(link).decode_utf8_lossy().to_ascii_lowercase();
    let prefix = scheme.prefix.to_ascii_lowercase();
    let mut found = Vec::new();
    for (at, _) in text.match_indices(&prefix) {
        let before = text[..at].chars().next_back();
        if before.is_some_and(char::is_alphanumeric) {
            continue;
        }
        let rest = text[at + prefix.len()..].trim_start_matches(['-', '_', ' ', '+']);
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        found.extend(digits.parse::<u32>().ok());
    }
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::governance::proposals::scheme::tests::flip;

    #[test]
    fn links_are_judged_by_where_they_lead() {
        let flip = flip();
        let found = |link: &str| link_fault(&flip, link);
        for fine in [
            "https://lists.apache.org/thread/ct8smn6g9y0b8730z7rp9zfpnwmj8vf0",
            "https://lists.apache.org/thread.html/rc75d64e889bf35592e9843@%3Cdev.flink.apache.org%3E",
            "https://lists.apache.org/thread/CABpD1RUHJ@mail.gmail.com?%3Cdev@flink.apache.org%3E",
        ] {
            assert_eq!(found(fine), None, "{fine}");
        }
        assert_eq!(found("https://lists.apache.org/list.html?dev@flink.apache.org"), Some(LinkFault::NoThread));
        assert_eq!(found("dev@flink.apache.org"), Some(LinkFault::NoAddress));
        assert_eq!(found("https://lists.apache.org/thread/a b"), Some(LinkFault::NoAddress));
        assert_eq!(found("https://s.apache.org/flip-151-discussion"), Some(LinkFault::Indirect));
        assert_eq!(found("https://www.mail-archive.com/dev@flink.apache.org/msg29894.html"), Some(LinkFault::Foreign));
        assert!(
            matches!(found("https://lists.apache.org/thread/3gcxhnqpsvb85golnlxf9tv5p43xkjg"), Some(LinkFault::Damaged(what)) if what.contains("31 letters"))
        );
        let dead = "http://apache-flink-mailing-list-archive.1008284.n3.nabble.com/DISCUSS-FLIP-1-Fine-grained-recovery-td12510.html";
        let living = "https://lists.apache.org/list?dev@flink.apache.org:lte=20y:FLIP-1%20Fine%20grained%20recovery";
        assert_eq!(found(dead), Some(LinkFault::Dead(Some(living.to_owned()))));
        let old =
            "https://mail-archives.apache.org/mod_mbox/flink-dev/201606.mbox/%3C1465386300767.94345@tu-berlin.de%3E";
        assert_eq!(
            found(old),
            Some(LinkFault::Old(Some("https://lists.apache.org/list?dev@flink.apache.org:2016-6".to_owned())))
        );
    }

    #[test]
    fn a_placeholder_is_no_link() {
        for unset in [
            "",
            " ",
            "TBD",
            "unknown",
            "here (<- link to https://lists.apache.org/list.html?dev@flink.apache.org)",
            "-",
        ] {
            assert!(is_unset(unset), "{unset}");
        }
        assert!(!is_unset("https://lists.apache.org/thread/ct8smn6g9y0b8730z7rp9zfpnwmj8vf0"));
    }

    #[test]
    fn the_proposals_that_a_link_names_are_found() {
        let flip = flip();
        assert_eq!(numbers_in(&flip, "https://x/DISCUSS-FLIP-75-Flink-Web-UI-td33540.html"), [75]);
        assert_eq!(numbers_in(&flip, "https://s.apache.org/flip-151-discussion"), [151]);
        assert_eq!(numbers_in(&flip, "https://x/FLIP%2D7+and-FLIP-8"), [7, 8]);
        assert_eq!(numbers_in(&flip, "https://x/unflip-7/FLIP-XXX"), [0; 0]);
    }

    proptest! {
        #[test]
        fn any_link_is_judged(link in "(https?://)?(lists.apache.org|x.nabble.com|\\PC){0,2}[ -~]{0,40}(\\PC){0,5}") {
            let flip = flip();
            link_fault(&flip, &link);
            numbers_in(&flip, &link);
            is_unset(&link);
        }
    }
}
