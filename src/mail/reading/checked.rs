// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What forbids to count what a mail says: who or what wrote it, what of it could not be read, and that it may
//! be on another vote.

use super::caller::Caller;
use super::own_text::OwnText;
use super::thread::{Mail, Opened};
use crate::governance::Says;
use crate::governance::reading::{Tag, Text, Turn, candidates, is_marked, other_matter, read};

/// What the mail says, where that is on the vote that is open, and not on another in the same thread.
pub(super) fn of_this_vote(says: Says, caller: &Caller, turned: Option<&Turn>, mail: &Mail<'_>) -> Says {
    let excerpt = match &says {
        Says::Casts(cast) => &cast.line,
        Says::Withdraws { line } => line,
        Says::Nothing { .. } | Says::Settles { .. } | Says::Regrets { .. } | Says::Unclear { .. } => return says,
    };
    let answers = mail.answers_other.as_ref().map(|call| format!("it answers the call of another vote: {call:?}"));
    let other = answers.or_else(|| caller.subject.as_ref().and_then(|call| other_matter(call, &mail.parsed)));
    let why = match (other, turned, &caller.turned) {
        (Some(why), _, _) => why,
        (None, Some(turn), _) => format!("the same mail puts {} to the vote: which of them is it on?", turn.to),
        (None, None, Some((id, to))) if !names_this(excerpt, caller) => {
            format!("{id} before it puts {to} to the vote in the same thread: is it on that?")
        }
        _ => return says,
    };
    Says::Unclear { excerpt: excerpt.clone(), why }
}

/// Whether a line names the candidate that the vote is on.
fn names_this(line: &str, caller: &Caller) -> bool {
    candidates(line).iter().any(|name| caller.candidates.contains(name))
}

/// What the mail says, unless something about the mail forbids to count it.
pub(super) fn checked(says: Says, text: &Text<'_>, own: &OwnText<'_>, opened: &Opened, mail: &Mail<'_>) -> Says {
    if mail.parsed.has(Tag::Discuss) && !mail.parsed.has(Tag::Vote) && !matches!(says, Says::Nothing { .. }) {
        return Says::Nothing { why: Some("it stands in a discussion, not in the vote".to_owned()) };
    }
    if (opened.otherwise.is_some() || !matches!(says, Says::Nothing { .. }))
        && let Some(why) = automatic(opened, mail)
    {
        return Says::Nothing { why: Some(why.to_owned()) };
    }
    if let Some(otherwise) = &opened.otherwise {
        return Says::Unclear { excerpt: otherwise.line.clone(), why: otherwise.why.clone() };
    }
    if let Some(fault) = opened.faults.iter().find(|fault| fault.contains("not read") || fault.contains("too many")) {
        let excerpt = match &says {
            Says::Casts(cast) => cast.line.clone(),
            Says::Withdraws { line } | Says::Settles { line } | Says::Regrets { line } => line.clone(),
            Says::Unclear { excerpt, .. } => excerpt.clone(),
            Says::Nothing { .. } => String::new(),
        };
        return Says::Unclear { excerpt, why: format!("the mail could not be read to its end: {fault}") };
    }
    let several = || "its From header names several senders: whose vote is it?".to_owned();
    let whose = opened.sender.several.then(several).or_else(|| opened.sender.contested.clone());
    if let (Some(why), Says::Casts(_) | Says::Withdraws { .. }) = (whose, &says) {
        let excerpt = match says {
            Says::Casts(cast) => cast.line,
            Says::Withdraws { line } => line,
            _ => String::new(),
        };
        return Says::Unclear { excerpt, why };
    }
    let nothing = matches!(says, Says::Nothing { .. } | Says::Settles { .. } | Says::Regrets { .. });
    if nothing
        && text.to_call
        && let Some(line) = marked_in_quote(&opened.text)
    {
        let why = "a box is marked in the call that it quotes: whose mark is that?".to_owned();
        return Says::Unclear { excerpt: line.to_owned(), why };
    }
    let below = [
        (&own.doubtful, "it stands below the header of another mail, and whether it is quoted is not clear"),
        (&own.signed, "it stands below the line that begins a signature: is it a vote?"),
    ];
    for (lines, why) in below.into_iter().filter(|(lines, _)| nothing && !lines.is_empty()) {
        if let Says::Casts(cast) = read(&Text { own: lines, remarks: &[], ..*text }).1 {
            return Says::Unclear { excerpt: cast.line, why: why.to_owned() };
        }
    }
    says
}

/// Why no person wrote the mail.
fn automatic(opened: &Opened, mail: &Mail<'_>) -> Option<&'static str> {
    let says = |name: &str| mail.headers.ascii(name).is_some_and(|value| !value.trim().starts_with("no"));
    let by_itself = ["auto-submitted", "x-autoreply", "x-autorespond", "x-auto-reply", "x-vacation"];
    let precedence = ["precedence", "x-precedence"]
        .iter()
        .any(|name| mail.headers.ascii(name).is_some_and(|value| value.trim().starts_with("auto")));
    // a report on another mail's way
    let report = mail.headers.ascii("content-type").is_some_and(|kind| kind.trim().starts_with("multipart/report"))
        || mail.headers.ascii("return-path").is_some_and(|path| path.trim() == "<>");
    let address = opened.sender.address.as_deref().unwrap_or_default();
    let bounce = address.starts_with("mailer-daemon@") || address.starts_with("postmaster@");
    if by_itself.into_iter().any(says) || precedence || report || bounce {
        return Some("a program wrote it, by its headers, and no person");
    }
    is_automatic_subject(&mail.parsed.written).then_some("a program wrote it, by its subject, and no person")
}

/// "Automatic reply: …", in the languages of mail programs.
fn is_automatic_subject(subject: &str) -> bool {
    const BEGINNINGS: [&str; 22] = [
        "automatic reply",
        "auto reply",
        "auto-reply",
        "autoreply",
        "auto response",
        "out of office",
        "out-of-office",
        "ooo:",
        "abwesenheit",
        "automatische antwort",
        "réponse automatique",
        "respuesta automática",
        "resposta automática",
        "risposta automatica",
        "automatisch antwoord",
        "自动回复",
        "自动答复",
        "自動返信",
        "自動回覆",
        "undeliver",
        "delivery status notification",
        "mail delivery",
    ];
    let lower = subject.trim_start().to_lowercase();
    BEGINNINGS.iter().any(|beginning| lower.starts_with(beginning))
}

/// A voter who marks the ballot where their program quotes it.
fn marked_in_quote(text: &str) -> Option<&str> {
    let bare = |line: &str| line.trim_start_matches(['>', ' ']).to_owned();
    // one mark of a quote, and a box behind it
    let may = |line: &&str| {
        let behind = line.strip_prefix('>').map(str::trim_start);
        behind.is_some_and(|behind| {
            behind.starts_with(['[', '(', '{', '<', '_']) || behind.starts_with(|c: char| !c.is_ascii())
        })
    };
    text.lines().filter(may).take(400).find(|line| is_marked(&bare(line)))
}

#[cfg(test)]
mod tests {
    use crate::governance::Says;
    use crate::mail::reading::{Selection, read_bytes};

    fn says(from: &str, subject: &str, headers: &str, body: &str) -> Says {
        let call = "From a Mon Jan  1 00:00:00 2024\nFrom: ann@example.org\nSubject: [VOTE] Release Widget 1.2.3\nMessage-ID: <0@x>\n\nPlease vote.\n\n";
        let mail = format!(
            "From b Mon Jan  1 00:00:00 2024\nFrom: {from}\nSubject: {subject}\nMessage-ID: <1@x>\nIn-Reply-To: <0@x>\n{headers}\n{body}\n"
        );
        let thread = read_bytes((call.to_owned() + &mail).as_bytes(), Selection::default());
        thread.statements.last().expect("a mail").says.clone()
    }

    #[test]
    fn what_a_program_wrote_is_no_vote() {
        let (bob, answer) = ("Bob <bob@example.org>", "Re: [VOTE] Release Widget 1.2.3");
        let report = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n";
        for (from, subject, headers, body) in [
            (bob, answer, "Auto-Submitted: auto-replied\n", "+1"),
            (bob, answer, "Auto-Submitted: auto-generated (vacation)\n", "+1"),
            (bob, answer, "X-Autoreply: yes\n", "+1\n\nI am away until Monday."),
            (bob, answer, "Precedence: auto_reply\n", "+1"),
            (bob, answer, "Return-Path: <>\n", "+1\n\nThe mail could not be delivered."),
            (bob, answer, report, "--b\n\n+1\n--b--\n"),
            (bob, "Automatic reply: [VOTE] Release Widget 1.2.3", "", "+1"),
            (bob, "Abwesenheitsnotiz: [VOTE] Release Widget 1.2.3", "", "+1"),
            ("MAILER-DAEMON@example.org", answer, "", "+1"),
        ] {
            let Says::Nothing { why: Some(why) } = says(from, subject, headers, body) else {
                panic!("{headers}{subject}: {:?}", says(from, subject, headers, body))
            };
            assert!(why.starts_with("a program wrote it"), "{why}");
        }
        for headers in ["Auto-Submitted: no\n", "Precedence: bulk\n", "X-Auto-Response-Suppress: All\n"] {
            assert!(matches!(says(bob, answer, headers, "+1"), Says::Casts(_)), "{headers}");
        }
    }

    #[test]
    fn a_vote_whose_headers_contradict_its_from_is_for_a_person() {
        let answer = "Re: [VOTE] Release Widget 1.2.3";
        let found = says("Somebody via X <m@evil.org>", answer, "X-Sender: cat@apache.org\n", "+1");
        let Says::Unclear { why, .. } = found else { panic!("{found:?}") };
        assert!(why.contains("m@evil.org") && why.contains("cat@apache.org"), "{why}");
    }

    #[test]
    fn a_vote_below_a_signature_s_line_is_for_a_person() {
        let found = says("Bob <bob@example.org>", "Re: [VOTE] Release Widget 1.2.3", "", "-- \n+1 (binding)");
        assert!(matches!(&found, Says::Unclear { excerpt, .. } if excerpt == "+1 (binding)"), "{found:?}");
        let found = says("Bob <bob@example.org>", "Re: [VOTE] Release Widget 1.2.3", "", "Hi\n-- \n+1 555 123 4567");
        assert!(matches!(found, Says::Nothing { .. }), "{found:?}");
    }

    #[test]
    fn a_vote_that_nobody_sees_is_for_a_person() {
        let (bob, answer) = ("Bob <bob@example.org>", "Re: [VOTE] Release Widget 1.2.3");
        let found = says(bob, answer, "Content-Type: text/html\n", "<p>Thanks.</p><p style=\"font-size:0\">+1</p>");
        assert!(
            matches!(&found, Says::Unclear { excerpt, why } if excerpt == "+1" && why.contains("hides")),
            "{found:?}"
        );
        let both = "--b\nContent-Type: text/plain\n\n+1\n--b\nContent-Type: text/html\n\n<p>-1</p>\n--b--\n";
        let found = says(bob, answer, "Content-Type: multipart/alternative; boundary=b\n", both);
        assert!(matches!(&found, Says::Unclear { why, .. } if why.starts_with("its HTML has -1")), "{found:?}");
    }
}
