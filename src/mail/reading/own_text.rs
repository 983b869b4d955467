// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Which lines of a mail its sender wrote: not what is quoted with or without `>`, not
//! the line that introduces a quote, not the signature, not a list's footer.

use super::attribution::{Opening, barred, opening, prefixed};
use super::collapsed::{collapsed, lead_in};
use super::forwarded::is_forwarded;

/// How many lines of a mail are looked at.
const LINES: usize = 60_000;

/// The sender's own lines.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct OwnText<'t> {
    /// The lines, blank ones too.
    pub lines: Vec<&'t str>,
    /// Lines below a header of another mail that nothing of the sender's own stands above: they
    /// may be the sender's (who wrote below an unmarked quote) or not.
    pub doubtful: Vec<&'t str>,
    /// Lines of a signature that begin with a value: they may be a vote below a rule.
    pub signed: Vec<&'t str>,
    /// What is quoted right above some of `lines`.
    pub quoted: Vec<Quoted<'t>>,
}

/// A quote, and which of the sender's lines stands right below it.
#[derive(Debug, PartialEq, Eq)]
pub struct Quoted<'t> {
    /// The number of the sender's line.
    pub below: usize,
    /// The quote's lines, with their marks.
    pub lines: Vec<&'t str>,
}

/// The lines of `text` that its sender wrote.
pub fn own_text(text: &str) -> OwnText<'_> {
    let all: Vec<&str> = text.split('\n').take(LINES).map(|line| line.trim_end_matches('\r')).collect();
    let end = footer_start(&all);
    let all = &all[..end];
    let mut own = OwnText::default();
    let mut at = 0;
    let mut signature = false;
    let mut quote: Option<usize> = None;
    let mut quoting = false;
    while at < all.len() {
        let line = all[at];
        if prefixed(line) {
            signature = false;
            quote.get_or_insert(at);
            at += 1;
            // quotes part paragraphs
            own.lines.push("");
            continue;
        }
        if signature {
            own.signed.extend(Some(line).filter(|line| begins_with_value(line)));
            at += 1;
            continue;
        }
        if let Some(bare) = barred(line) {
            own.lines.push("");
            if !quoting {
                own.doubtful.push(bare);
            }
            at += 1;
            continue;
        }
        if let Some(start) = collapsed(line) {
            own.cut(line, start);
            at += 1;
            if all[at..].iter().find(|line| !line.trim().is_empty()).is_some_and(|next| prefixed(next)) {
                continue;
            }
            own.doubtful.extend(all[at..].iter().copied().filter(|line| !prefixed(line)));
            break;
        }
        let opening = opening(all, at);
        if opening.is_some()
            && let Some(start) = lead_in(line)
        {
            own.lines.push(&line[..start]);
        }
        match opening {
            Some(Opening::Rest(skip)) => {
                // who forwards a mail says something above it, and may bring a vote with it
                if own.is_empty() || is_forwarded(line) {
                    let rest = &all[(at + skip).min(all.len())..];
                    own.doubtful.extend(rest.iter().copied().filter(|line| !prefixed(line)));
                }
                break;
            }
            Some(Opening::Lines(skip)) => {
                at += skip.max(1);
                quoting = true;
                own.lines.push("");
                continue;
            }
            None => {}
        }
        if is_signature_mark(all, at) {
            signature = true;
        } else if !is_device(line) {
            quoting &= line.trim().is_empty();
            if !line.trim().is_empty()
                && let Some(from) = quote.take()
            {
                own.quoted.push(Quoted { below: own.lines.len(), lines: all[from..at].to_vec() });
            }
            own.lines.push(line);
        }
        at += 1;
    }
    sign_off(&mut own.lines);
    own
}

impl<'t> OwnText<'t> {
    fn is_empty(&self) -> bool {
        self.lines.iter().all(|line| line.trim().is_empty())
    }

    /// Keeps of a line what stands before the introduction of a quote at `start`.
    fn cut(&mut self, line: &'t str, start: usize) {
        self.lines.push(&line[..start]);
        if self.is_empty() {
            self.doubtful.push(behind_colon(line));
        }
    }
}

/// What stands in a line behind the name of whom it quotes.
fn behind_colon(line: &str) -> &str {
    line.rsplit_once(": ").map_or("", |(_, rest)| rest)
}

/// "-- " alone; "--" where only a few lines follow.
fn is_signature_mark(all: &[&str], at: usize) -> bool {
    let line = all[at];
    if line == "-- " || line == "--\u{a0}" {
        return true;
    }
    let bare = line.trim();
    if !matches!(bare, "--" | "—" | "__" | "–") {
        return false;
    }
    // "--" above a vote is a rule
    if all[at + 1..].iter().find(|line| !line.trim().is_empty()).is_some_and(|next| begins_with_value(next)) {
        return false;
    }
    let following =
        all[at + 1..].iter().take_while(|line| !prefixed(line)).filter(|line| !line.trim().is_empty()).count();
    following <= 12
}

/// "Sent from my iPhone" and its kin.
fn is_device(line: &str) -> bool {
    let line = line.trim().trim_matches(['*', '_', '<', '>', '[', ']']);
    let begins =
        |first: u8| !first.is_ascii() || matches!(first.to_ascii_lowercase(), b's' | b'g' | b'v' | b'e' | b'i');
    if line.len() > 120 || !line.bytes().next().is_some_and(begins) {
        return false;
    }
    let line = line.to_lowercase();
    [
        "sent from my ",
        "sent from mail",
        "sent from outlook",
        "sent from yahoo",
        "sent via ",
        "sent with ",
        "sent from proton",
        "get outlook for",
        "get bluemail",
        "von meinem ",
        "gesendet von ",
        "envoyé de ",
        "envoyé depuis",
        "enviado desde",
        "enviado do ",
        "发自我的",
        "發自我的",
        "发自 ",
        "来自我的",
        "inviato da",
        "отправлено с",
        "iphoneから",
        "verzonden vanaf",
        "获取 outlook",
        "从我的",
    ]
    .iter()
    .any(|start| line.starts_with(start))
}

/// Where a footer that a list adds begins; the text's end where there is none.
fn footer_start(all: &[&str]) -> usize {
    let from = all.len().saturating_sub(40);
    let mut end = all.len();
    for at in (from..all.len()).rev() {
        if prefixed(all[at]) || all[at].trim().is_empty() {
            continue;
        }
        let line = all[at].trim().to_lowercase();
        let footer = line.starts_with("to unsubscribe")
            || line.starts_with("for additional commands, e-mail")
            || line.contains("-unsubscribe@") && line.len() < 140
            || line.starts_with("you received this message because you are subscribed")
            || line.starts_with("to view this discussion on the web")
            || line.starts_with("this is an automated message from the apache git service")
            || line.starts_with("to respond to the message, please log on to github")
            || line.starts_with("for queries about this service, please contact")
            || line.starts_with("reply to this email directly or view it on github")
            || line.starts_with("you are receiving this because")
            || line.starts_with("message id:") && line.contains("@github.com")
            || line.contains("mailing list") && line.len() < 100 && at > 0 && is_rule(all[at - 1]);
        if footer {
            end = at;
            while end > 0 && (is_rule(all[end - 1]) || all[end - 1].trim().is_empty()) {
                end -= 1;
            }
        }
    }
    end
}

/// A line of dashes or underscores.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 2 && line.chars().all(|c| matches!(c, '-' | '_' | '=' | '*')) && (line.len() >= 5 || line == "--")
}

/// Takes away a closing formula with what follows it, if that is a signature: names, titles,
/// telephone numbers, addresses. A line with a vote in it is none.
fn sign_off(lines: &mut Vec<&str>) {
    let start = lines.len().saturating_sub(15);
    let at = (start..lines.len()).rev().find(|at| is_closing(lines[*at]));
    let Some(at) = at else { return };
    let below = &lines[at + 1..];
    let short = below.iter().filter(|line| !line.trim().is_empty()).all(|line| line.trim().chars().count() <= 70);
    let contact = |line: &&str| {
        let line = line.trim();
        let lower = line.to_lowercase();
        line.is_empty()
            || [
                "tel", "phone", "mobile", "cell", "fax", "m:", "t:", "p:", "www.", "http", "email", "e-mail", "mail:",
                "github", "twitter", "linkedin", "blog",
            ]
            .iter()
            .any(|start| lower.starts_with(start))
            || line.contains('@')
            || !begins_with_value(line)
    };
    if short && below.iter().filter(|line| !line.trim().is_empty()).count() <= 8 && below.iter().all(contact) {
        lines.truncate(at);
    }
}

fn is_closing(line: &str) -> bool {
    let line = line.trim().trim_end_matches([',', '.', '!', '，']).to_lowercase();
    matches!(
        line.as_str(),
        "regards"
            | "best regards"
            | "kind regards"
            | "best"
            | "cheers"
            | "sincerely"
            | "yours"
            | "yours sincerely"
            | "warm regards"
            | "br"
            | "thanks and regards"
            | "thanks & regards"
            | "with regards"
            | "viele grüße"
            | "mit freundlichen grüßen"
            | "gruß"
            | "grüße"
            | "cordialement"
            | "bien à vous"
            | "saludos"
            | "best wishes"
            | "many thanks"
            | "此致"
            | "greetings"
            | "best regards / 敬具"
            | "all the best"
    )
}

/// Whether a line begins as a vote does, and not as a telephone number does.
fn begins_with_value(line: &str) -> bool {
    let plain = line.trim_start_matches(['*', '_', ' ', '-', '•']);
    let first = line.trim_start().chars().next();
    let sign = matches!(first, Some('+' | '-' | '−' | '＋' | '–')) || plain.starts_with('+');
    let digits = line.chars().filter(char::is_ascii_digit).count();
    sign && digits < 6 || line.trim() == "0"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(text: &str) -> Vec<&str> {
        own_text(text).lines.into_iter().filter(|line| !line.trim().is_empty()).collect()
    }

    #[test]
    fn quotes_with_marks() {
        assert_eq!(
            own("+1\n\nOn Mon, 1 Jan 2024 at 10:00, Ann Example wrote:\n\n> -1\n>> 0\n>>>>> > +1 (non-binding)"),
            ["+1"]
        );
        assert_eq!(own("Am 01.01.2024 um 10:00 schrieb Ann Example\n<ann@example.org>:\n> -1\n\n+1\n> x"), ["+1"]);
        assert_eq!(own("Ann Example <ann@example.org> 于2024年1月1日周一 10:00写道：\n> -1\n+1"), ["+1"]);
        assert_eq!(own("+1\n\nчт, 1 янв. 2024 г. в 10:00, Ann <ann@example.org> пише:\n> -1"), ["+1"]);
        assert_eq!(own("Ann wrote on 1 Jan 2024 at 10:00 <ann@example.org>:\n| +0\n\n+1\n"), ["+1"]);
    }

    #[test]
    fn quotes_with_other_marks() {
        assert_eq!(own("AE> what do you think? +1\nAE> -1\n+0"), ["+0"]);
        assert_eq!(own(" Bob> +1 (binding)\n\nfine"), ["fine"]);
        assert_eq!(own("x -> y\nsee <br> and a>b\n+1"), ["x -> y", "see <br> and a>b", "+1"]);
        // a row of a table is no quote, and what stands behind a bar may be one
        assert_eq!(own("+1\n| check | -1 |"), ["+1", "| check | -1 |"]);
        let bars = own_text("| +1 (binding)\n| thanks\n\nThanks.");
        assert_eq!(bars.doubtful, ["+1 (binding)", "thanks"]);
        assert!(!bars.lines.iter().any(|line| line.contains("+1")));
        let named = own_text("Ann Example <ann@example.org> wrote:\n| +1\n\nI agree.");
        assert!(named.doubtful.is_empty(), "it is a quote for certain");
    }

    #[test]
    fn quotes_in_one_line() {
        for quote in [
            "On Mon, Jan 1, 2024 at 10:00 AM Ann Example <ann@example.org> wrote: Hi everyone, -1",
            "Am Mo., 1. Jan. 2024 um 10:00 schrieb Ann Example <ann@example.org>: -1",
            "El lun, 1 ene 2024 a las 10:00, Ann Example (<ann@example.org>) escribió: -1 [ ] +1",
            "On Mon, 1 Jan 2024 at 10:00, Ann Example <ann@example.org> wrote:\n> -1",
            "On Mon, Jan 1, 2024 at 10:00 AM Ann Example\n<ann@example.org> wrote:\n> -1",
        ] {
            assert_eq!(own(&format!("Thanks! +0 {quote}")), ["Thanks! +0 "], "{quote}");
        }
        let whole = own_text("On Mon, 1 Jan 2024 at 10:00, Ann Example <ann@example.org> wrote: fine, +1");
        assert!(whole.lines.iter().all(|line| line.is_empty()) && whole.doubtful == ["fine, +1"]);
        for told in ["Checked it on Jan 1, 2024, and it wrote: all good. +1", "On Monday Bob said: fine. +1"] {
            assert_eq!(own(told), [told]);
        }
    }

    #[test]
    fn dashes_above_a_vote_are_no_signature() {
        assert_eq!(own("Hi,\n--\n+1 (binding)"), ["Hi,", "--", "+1 (binding)"]);
        assert_eq!(own("Hi,\n--\n+1 (951) 555-0100"), ["Hi,"]);
        assert_eq!(own("Hi,\n--\nAnn\n-1"), ["Hi,"]);
    }

    #[test]
    fn quotes_without_marks() {
        for header in [
            "From: Ann Example\nSent: Monday, 1 January 2024\nTo: dev@example.org\nSubject: Re: x",
            "*From:* Ann\n*Date:* Monday\n*To:* dev\n*Subject:* x",
            "From: Ann Example <ann@example.org>\nSent: Monday, 1 January 2024",
            "From: Ann Example <ann@example.org>\nDate: Monday, 1 January 2024",
            "Von: Ann <ann@example.org>\nGesendet: Montag",
            "Von: Ann\nGesendet: Montag\nAn: dev\nBetreff: x",
            "De : Ann\nEnvoyé : lundi\nÀ : dev\nObjet : x",
            "De: Ann\nEnviado: lunes\nPara: dev\nAsunto: x",
            "发件人: Ann\n发送时间: 2024\n收件人: dev\n主题: x",
            "发件人：Ann\n日期：2024\n收件人：dev\n主题：x",
            "差出人: Ann\n送信日時: 2024\n宛先: dev\n件名: x",
            "-----Original Message-----\nFrom: Ann",
            "------------------ 原始邮件 ------------------\n发件人: x",
            "---- On Mon, 01 Jan 2024 10:00:00 +0800 Ann <ann@example.org> wrote ----",
            "________________________________\nFrom: Ann <ann@example.org>\nSent: Monday\nTo: x\nSubject: y",
        ] {
            let text = format!("+0\n\n{header}\n\n-1\n[ ] +1 approve\n");
            assert_eq!(own(&text), ["+0"], "{header}");
        }
    }

    #[test]
    fn two_lines_that_are_no_header_are_the_sender_s() {
        for text in [
            "From: Monday\nDate: Friday\n\n+1",
            "From: ann@example.org is missing\n\n+1",
            "From: ann@example.org\nand\nDate: x\n+1",
        ] {
            assert!(own(text).contains(&"+1"), "{text}");
        }
    }

    #[test]
    fn below_an_unmarked_quote_it_is_doubtful() {
        let text = own_text("From: Ann\nSent: Monday\nTo: dev\nSubject: x\n\nold\n\n+1\n");
        assert!(text.lines.iter().all(|line| line.trim().is_empty()));
        assert!(text.doubtful.contains(&"+1"));
    }

    #[test]
    fn signatures_and_footers() {
        assert_eq!(own("+1\n-- \nAnn\n-1"), ["+1"]);
        assert_eq!(own("+1\n\nBest regards,\nAnn Example\nTel: +1 (951) 555"), ["+1"]);
        assert_eq!(own("Regards,\nAnn\n\n+1 (binding)"), ["Regards,", "Ann", "+1 (binding)"]);
        assert_eq!(
            own(
                "+1\n---------------------------------------------------------------------\nTo unsubscribe, e-mail: dev-unsubscribe@x.apache.org\nFor additional commands, e-mail: dev-help@x.apache.org\n"
            ),
            ["+1"]
        );
        assert_eq!(own("+1\nSent from my iPhone\n"), ["+1"]);
        assert_eq!(own("Ann\n--\n> old\n\n+1"), ["Ann", "+1"]);
    }
}
