// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A tally in words.

use jiff::Timestamp;

use crate::actions::voting::typed;
use crate::governance::{CountedVote, FileUsed, LeftOut, MailAccount, Tally, Totals, VoteOutcome};
use crate::ui::{Style, Ui, hang, minute};

/// The account of a vote, line by line.
pub fn of_vote(tally: &Tally, ui: Ui) -> Vec<String> {
    let width = ui.width();
    let mut out =
        vec![ui.paint(tally.subject.as_deref().unwrap_or("A vote without a mail that opens it"), Style::Heading)];
    out.extend(wrapped(&opening(tally), 0, width));
    out.extend(wrapped(&rule(tally), 0, width));
    out.extend(files(tally).iter().flat_map(|line| wrapped(line, 2, width)));
    out.push(String::new());
    let style = match tally.outcome {
        VoteOutcome::Passed => Style::Good,
        VoteOutcome::Failed | VoteOutcome::Cancelled => Style::Bad,
        VoteOutcome::Open | VoteOutcome::NeedsReview => Style::Warning,
    };
    out.push(ui.paint(verdict(tally), style));
    tally.reasons.iter().for_each(|reason| out.extend(wrapped(&format!("- {reason}"), 2, width)));
    if !tally.missing.is_empty() && tally.outcome != VoteOutcome::Passed {
        out.extend(wrapped(&format!("- still missing: {}", tally.missing.join("; ")), 2, width));
    }
    for (binding, word, totals) in [(true, "Binding", tally.binding), (false, "Not binding", tally.non_binding)] {
        let votes: Vec<&CountedVote> = tally.votes.iter().filter(|vote| vote.binding == binding).collect();
        section(&mut out, ui, &format!("{word}: {}", totals_words(totals)), !votes.is_empty());
        votes.iter().for_each(|vote| out.extend(vote_lines(vote, width)));
    }
    review(tally, ui, &mut out);
    section(&mut out, ui, "Not counted", !tally.left_out.is_empty());
    for left in &tally.left_out {
        let whose = if left.from.is_empty() { &left.message_id } else { &left.from };
        let line = if left.line.is_empty() { String::new() } else { format!(", “{}”", first_line(&left.line)) };
        out.extend(wrapped(&format!("- {whose}{}{line}: {}", on_known(left), left.why), 2, width));
    }
    section(&mut out, ui, "Said after their vote, and read as no vote", !tally.said_after.is_empty());
    for said in &tally.said_after {
        out.extend(wrapped(
            &format!("- {}{}, <{}>: “{}”", said.from, on(said.at), said.message_id, said.line),
            2,
            width,
        ));
    }
    if let Some(result) = &tally.result_mail {
        let agrees = result.disagreements.is_empty();
        let words = match (agrees, result.unread.len()) {
            (false, _) => "says otherwise; this account stands",
            (true, 0) => "agrees with this",
            (true, 3) => "could not be compared",
            (true, _) => "agrees with this as far as it was read",
        };
        section(&mut out, ui, &format!("The result mail {words}"), true);
        out.extend(wrapped(&format!("- it is by {}{} <{}>", result.from, on(result.at), result.message_id), 2, width));
        result
            .disagreements
            .iter()
            .chain(&result.unread)
            .for_each(|one| out.extend(wrapped(&format!("- {one}"), 2, width)));
    }
    section(&mut out, ui, "To know", !tally.notes.is_empty() || !tally.rulings.is_empty());
    tally.notes.iter().for_each(|note| out.extend(wrapped(&format!("- {note}"), 2, width)));
    for ruling in &tally.rulings {
        out.extend(wrapped(
            &format!("- {} was ruled to be {}: {}", ruling.message_id, ruling.verdict, ruling.why),
            2,
            width,
        ));
    }
    out
}

/// All about one voter: each of their mails, how it was read and what came of it; nothing where
/// no mail is by them.
pub fn of_voter(tally: &Tally, voter: &str, width: usize) -> Option<Vec<String>> {
    let wanted = voter.trim().to_lowercase();
    let fits = |mail: &&MailAccount| {
        let from = mail.from.to_lowercase();
        let (from, list) = from.split_once(" (its from: ").unwrap_or((&from, ""));
        let (name, address) = from.split_once(" <").unwrap_or(("", from));
        let of = [mail.voter.to_lowercase(), name.to_owned(), address.trim_end_matches('>').to_owned()];
        of.contains(&wanted) || list.trim_end_matches(')') == wanted
    };
    let mails: Vec<&MailAccount> = tally.mails.iter().filter(fits).collect();
    let mut keys: Vec<&str> = mails.iter().map(|mail| mail.voter.as_str()).collect();
    keys.dedup();
    let first = *keys.first()?;
    let mut out = Vec::new();
    for vote in tally.votes.iter().filter(|vote| keys.contains(&vote.voter.as_str())) {
        let binds = if vote.binding { "binding" } else { "not binding" };
        out.push(format!("{} ({}): {}, {binds}", vote.name, vote.voter, vote.value.sign()));
        out.extend(wrapped(&format!("  {}", vote.roster), 2, width));
        vote.notes.iter().for_each(|note| out.extend(wrapped(&format!("  {note}"), 2, width)));
    }
    if out.is_empty() {
        out.push(format!("{first}: no vote is counted"));
    }
    for mail in mails {
        out.push(String::new());
        out.extend(wrapped(&format!("{}, from {}, <{}>", when(mail.at), mail.from, mail.message_id), 2, width));
        out.extend(wrapped(&format!("  read: {}", mail.read), 4, width));
        out.extend(wrapped(&format!("  came of it: {}", mail.came_of), 4, width));
    }
    Some(out)
}

/// What a person has to rule on.
pub fn reviews(tally: &Tally, ui: Ui) -> Vec<String> {
    let mut out = Vec::new();
    review(tally, ui, &mut out);
    out
}

fn review(tally: &Tally, ui: Ui, out: &mut Vec<String>) {
    let width = ui.width();
    section(out, ui, "For a person to rule on, and in no count until then", !tally.review.is_empty());
    for item in &tally.review {
        out.extend(wrapped(&format!("- {}{}, <{}>", item.from, on(item.at), item.message_id), 2, width));
        out.extend(item.excerpt.lines().filter(|line| !line.trim().is_empty()).map(|line| format!("    | {line}")));
        out.extend(wrapped(&format!("    {}", item.why), 4, width));
    }
    let mut ids = tally.review.iter().map(|item| typed(&format!("{}=VALUE", item.message_id)));
    if let Some(ruling) = ids.find_map(|id| id) {
        out.push(format!("  to rule: --ruling {ruling} --why TEXT, VALUE one of +1 +0 0 -0 -1 none"));
    }
}

fn opening(tally: &Tally) -> String {
    let by = tally.opened_by.as_ref().map_or_else(String::new, |who| format!(" by {who}"));
    let until = tally.closes.map_or_else(String::new, |end| format!(", open until {} at least", minute(end)));
    match tally.opened {
        Some(at) => format!("Opened {}{by}{until}.", minute(at)),
        None if tally.opened_by.is_some() => format!("Opened{by}, at a time that its mail does not say{until}."),
        None => "No mail here opens it.".to_owned(),
    }
}

fn rule(tally: &Tally) -> String {
    let used = &tally.roster;
    let day =
        used.as_of.map_or_else(|| "the roster, which names no day".to_owned(), |day| format!("the roster of {day}"));
    format!(
        "{}: {} of the active {}s, by the {}. By {day}, {} a binding vote.",
        tally.title,
        tally.rule.words(),
        used.binding.holder(),
        tally.bylaws.as_ref().map_or("bylaws", |bylaws| &bylaws.title),
        if used.holders == 1 { "one has".to_owned() } else { format!("{} have", used.holders) }
    )
}

/// The files that rule and people are from, with their digests.
fn files(tally: &Tally) -> Option<String> {
    let files: Vec<String> = tally.files().iter().map(FileUsed::in_short).collect();
    (!files.is_empty()).then(|| format!("Read from {}.", files.join(", ")))
}

fn verdict(tally: &Tally) -> &'static str {
    match tally.outcome {
        VoteOutcome::Passed => "It passed.",
        VoteOutcome::Failed => "It did not pass.",
        VoteOutcome::Open => "It is open.",
        VoteOutcome::Cancelled => "It was called off.",
        VoteOutcome::NeedsReview => "It cannot be said yet: a person must rule first.",
    }
}

fn totals_words(totals: Totals) -> String {
    let count = |count: usize| if count == 0 { "no".to_owned() } else { count.to_string() };
    format!("{} +1, {} 0, {} -1", count(totals.plus), count(totals.zero), count(totals.minus))
}

fn section(out: &mut Vec<String>, ui: Ui, title: &str, wanted: bool) {
    if wanted {
        out.push(String::new());
        out.push(ui.paint(title, Style::Heading));
    }
}

fn vote_lines(vote: &CountedVote, width: usize) -> Vec<String> {
    let who = match (vote.name.is_empty(), vote.name == vote.voter) {
        (true, _) | (_, true) => vote.voter.clone(),
        _ => format!("{} ({})", vote.name, vote.voter),
    };
    let mut out =
        wrapped(&format!("  {:>2}  {who}{}: “{}”", vote.value.sign(), on(vote.at), first_line(&vote.line)), 6, width);
    for earlier in &vote.earlier {
        out.extend(wrapped(&format!("      before: {}{}", earlier.value.sign(), on(earlier.at)), 8, width));
    }
    vote.notes.iter().for_each(|note| out.extend(wrapped(&format!("      {note}"), 8, width)));
    out
}

fn first_line(text: &str) -> &str {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim()
}

fn on(at: Option<Timestamp>) -> String {
    format!(", {}", when(at))
}

/// Of a mail that was not read its date is not known; one that was read may have none.
fn on_known(left: &LeftOut) -> String {
    if left.at.is_none() && left.from.is_empty() { String::new() } else { on(left.at) }
}

fn when(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "without a date".to_owned(), minute)
}

/// The text's words in lines; what it begins with in blanks stays.
fn wrapped(text: &str, indent: usize, width: usize) -> Vec<String> {
    let begin = text.len() - text.trim_start().len();
    let lines = hang(text, begin, indent, width);
    format!("{}{lines}", " ".repeat(begin)).lines().map(str::to_owned).collect()
}
