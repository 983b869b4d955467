// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a whole mail casts, from what its lines and sentences say.

use super::Text;
use super::ballot::{Printed, boxed, boxed_behind, leading_box, listed};
use super::change::withdrawal;
use super::claim::{claim, first_claim};
use super::clause::{Found, Place, judge};
use super::lines::{Logical, Mark};
use super::sign::{Kind, Sign, Token, tokens};
use super::words::{COMMON, is_change, is_claim, is_lead, is_praise, is_removal, is_withdrawal, one_of};
use crate::governance::{Cast, Claim, Says, VoteValue};

/// How many values of a mail are looked at.
const VALUES: usize = 400;

/// Something that was found in a mail, and where.
struct Finding {
    found: Found,
    sign: Option<Sign>,
    claim: Option<Claim>,
    line: usize,
}

/// What the mail casts. `calls`: it calls the vote, so that only what the sender calls their own is a vote.
pub(super) fn says(text: &Text<'_>, lines: &[Logical], calls: bool) -> Says {
    let findings = findings(lines, text, calls);
    let line = |finding: &Finding| text.own.get(finding.line).map_or_else(String::new, |line| excerpt(line));
    let mut casts: Vec<&Finding> =
        findings.iter().filter(|finding| matches!(finding.found, Found::Casts { .. })).collect();
    if let Some(change) = casts.iter().copied().rfind(|cast| is_changed(cast)) {
        casts = vec![change];
    }
    let unclear: Vec<&Finding> = findings.iter().filter(|finding| matches!(finding.found, Found::Unclear(_))).collect();
    let mut values: Vec<VoteValue> = casts.iter().filter_map(|cast| value_of(cast)).collect();
    values.sort_unstable();
    values.dedup();
    if values.len() > 1 {
        let excerpt = casts.iter().map(|cast| line(cast)).collect::<Vec<_>>().join("\n");
        return Says::Unclear { excerpt, why: "it has votes of different values".to_owned() };
    }
    if let (Some(cast), Some(value)) = (casts.first(), values.first()) {
        let other = unclear.iter().find(|finding| stands_against(finding, *value));
        return match other {
            Some(other) => unclear_with(&line(other), other, Some(&line(cast))),
            None => cast_of(cast, *value, &casts, lines, text),
        };
    }
    if let Some(first) = unclear.first() {
        return unclear_with(&line(first), first, None);
    }
    if let Some(taken_back) = findings.iter().find(|finding| finding.found == Found::Withdraws) {
        return Says::Withdraws { line: line(taken_back) };
    }
    let why = findings.iter().find_map(|finding| match finding.found {
        Found::Mentions(why) => Some(format!("{why}: {}", line(finding))),
        _ => None,
    });
    Says::Nothing { why }
}

fn is_changed(finding: &Finding) -> bool {
    matches!(finding.found, Found::Casts { why, .. } if why.contains("changes"))
}

fn value_of(finding: &Finding) -> Option<VoteValue> {
    match finding.found {
        Found::Casts { value, .. } => Some(value),
        _ => None,
    }
}

/// Whether something unclear puts a clear vote of this value in doubt.
fn stands_against(unclear: &Finding, value: VoteValue) -> bool {
    let same = unclear.sign == Some(Sign::Value(value));
    let condition = matches!(unclear.found, Found::Unclear(why) if why.contains("condition"));
    let printed = matches!(unclear.found, Found::Unclear(why) if why.contains("box"));
    let beyond = unclear.sign == Some(Sign::Beyond);
    !beyond && (condition || printed || !same && unclear.sign.is_some())
}

fn unclear_with(line: &str, finding: &Finding, other: Option<&str>) -> Says {
    let why = match finding.found {
        Found::Unclear(why) => why.to_owned(),
        _ => String::new(),
    };
    let excerpt = match other {
        Some(other) if other != line => format!("{other}\n{line}"),
        _ => line.to_owned(),
    };
    Says::Unclear { excerpt, why }
}

fn cast_of(cast: &Finding, value: VoteValue, casts: &[&Finding], lines: &[Logical], text: &Text<'_>) -> Says {
    let Found::Casts { why, .. } = cast.found else { return Says::Nothing { why: None } };
    let claim = casts.iter().find_map(|cast| cast.claim).or_else(|| claim_alone(lines));
    Says::Casts(Cast {
        value,
        claim,
        line: text.own.get(cast.line).map_or_else(String::new, |line| excerpt(line)),
        why: why.to_owned(),
        explained: explained(lines),
    })
}

/// "(non-binding)" on a line of its own.
fn claim_alone(lines: &[Logical]) -> Option<Claim> {
    lines.iter().find_map(|line| {
        if line.text.len() > 60 || line.text.contains(['+', '[']) {
            return None;
        }
        let tokens = tokens(&line.text);
        let words: Vec<&Token> = tokens.iter().filter(|token| token.is_word()).collect();
        let alone = !words.is_empty() && words.len() <= 2 && tokens.iter().all(|token| token.sign().is_none());
        let mine = words.len() <= 5
            && words.first().is_some_and(|word| word.is("my"))
            && tokens.iter().any(|token| token.is("vote"));
        (alone && words.iter().all(|word| is_claim(&word.text) || first_claim(&[(*word).clone()]).is_some()) || mine)
            .then(|| first_claim(&tokens))
            .flatten()
    })
}

/// A line as it is shown: not longer than a person reads.
fn excerpt(line: &str) -> String {
    let line = line.trim();
    match line.char_indices().nth(300) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    }
}

fn findings(lines: &[Logical], text: &Text<'_>, calls: bool) -> Vec<Finding> {
    let of_list = listed(lines, if calls { &[] } else { text.call });
    let told = accounts(lines, &text.sender.to_lowercase());
    let subject = text.subject.written.to_lowercase();
    let sender = text.sender.to_lowercase();
    let mut found = Vec::new();
    let mut opens = true;
    for (number, (line, listed)) in lines.iter().zip(of_list).enumerate() {
        if told[number] {
            found.push(mention("it tells who voted how", line));
            opens = false;
            continue;
        }
        if let Some(printed) = boxed(&line.text).or_else(|| boxed_behind(&line.text)) {
            found.push(of_printed(printed, line));
            opens = false;
            continue;
        }
        if is_checklist(&line.text) || listed {
            if listed {
                found.push(mention("it is a line of a printed ballot", line));
            }
            opens = false;
            continue;
        }
        if !opens && !may_tell(&line.text) {
            continue;
        }
        let sentences = line.sentences();
        for (at, sentence) in sentences.iter().enumerate() {
            let begins_line = at == 0;
            let place = Place {
                opens,
                begins_line,
                subject: &subject,
                sender: &sender,
                written: sentence.text,
                to_call: text.to_call,
                leads_reasons: opens && line.text.ends_with(':') && leads_reasons(&lines[number..]),
            };
            let mut tokens = tokens(sentence.text);
            zero(&mut tokens, place, sentences.len() == 1);
            let before = found.len();
            for at in 0..tokens.len() {
                if found.len() > VALUES {
                    found.push(too_many(line));
                    return found;
                }
                if let Some(sign) = tokens[at].sign() {
                    let on = line.line_at(sentence.at + tokens[at].at);
                    let found_here = below_remark(in_call(judge(&tokens, at, place), calls, &tokens), text, on);
                    found.push(Finding {
                        found: found_here,
                        sign: Some(sign),
                        claim: claim(&tokens, at),
                        line: line.line_at(sentence.at + tokens[at].at),
                    });
                }
            }
            if found.len() == before && !calls {
                found.extend(in_words(&tokens, place, sentences.len()).map(|f| Finding {
                    found: f,
                    sign: None,
                    claim: None,
                    line: line.line_at(sentence.at),
                }));
            }
            opens &= is_preamble(&tokens, line.mark) && found.len() == before;
        }
    }
    found
}

/// Which lines tell somebody's vote, as "Ann +1" and "+1 Bob (binding)" do: two at least, or they are none.
fn accounts(lines: &[Logical], sender: &str) -> Vec<bool> {
    // the sender stands in such a list too, but alone makes none
    let tells = |line: &Logical, others: bool| {
        let tokens = tokens(&line.text);
        let names: Vec<&Token> =
            tokens.iter().filter(|token| token.is_word() && first_claim(&[(*token).clone()]).is_none()).collect();
        let name = |token: &&Token| {
            line.text[token.at..].starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase())
                && !is_lead(&token.text)
                && !is_praise(&token.text)
                && !COMMON.contains(&token.text.as_str())
                && !sender.contains(&token.text)
        };
        let plain = tokens
            .iter()
            .all(|token| token.is_word() || token.sign().is_some() || !matches!(token.text.as_str(), "!" | "?" | ","));
        let one = tokens.iter().filter(|token| matches!(token.sign(), Some(Sign::Value(_)))).count() == 1;
        let mine = names.iter().all(|name| sender.contains(&name.text));
        one && plain && (1..4).contains(&names.len()) && (names.iter().all(name) || others && mine)
    };
    let may = |line: &Logical| line.text.len() < 60 && may_tell(&line.text);
    if lines.iter().filter(|line| may(line)).count() < 2 {
        return vec![false; lines.len()];
    }
    let all = |others: bool| -> Vec<bool> { lines.iter().map(|line| may(line) && tells(line, others)).collect() };
    let found = if all(false).contains(&true) { all(true) } else { Vec::new() };
    if found.iter().filter(|told| **told).count() < 2 { vec![false; lines.len()] } else { found }
}

/// Whether the lines below "-1:" are reasons: no other such heading among them, and no name right below.
fn leads_reasons(lines: &[Logical]) -> bool {
    let heads = lines.iter().filter(|line| line.text.len() < 40 && line.text.ends_with(':') && may_tell(&line.text));
    let name = |line: &Logical| {
        line.text.split(' ').count() < 5 && line.text.split(' ').all(|word| !word.starts_with(char::is_lowercase))
    };
    heads.count() == 1 && lines.get(1).is_some_and(|below| !name(below))
}

/// Whether a line can have a vote, or take one back: the others need no closer look.
fn may_tell(text: &str) -> bool {
    let value =
        |pair: &[u8]| matches!(pair[0], b'+' | b'-') && (pair[1].is_ascii_digit() || matches!(pair[1], b'.' | b' '));
    text.contains('0')
        || text.as_bytes().windows(2).any(value)
        || ["my", "My", "MY", "earlier", "previous"].iter().any(|word| text.contains(word))
}

/// "[x] hashes are good"; "[+1] approve" is a vote in brackets.
fn is_checklist(text: &str) -> bool {
    text.starts_with('[')
        && leading_box(text).is_some_and(|(content, _)| !matches!(content.as_str(), "+1" | "-1" | "+0" | "-0" | "0"))
}

fn too_many(line: &Logical) -> Finding {
    let found = Found::Unclear("it has more boxes and values than a mail that votes has");
    Finding { found, sign: None, claim: None, line: line.line_at(0) }
}

fn mention(why: &'static str, line: &Logical) -> Finding {
    Finding { found: Found::Mentions(why), sign: None, claim: None, line: line.line_at(0) }
}

fn of_printed(printed: Printed, line: &Logical) -> Finding {
    let (found, sign) = match printed {
        Printed::Empty => (Found::Mentions("it is a line of a printed ballot"), None),
        Printed::Doubtful => (Found::Unclear("a box of the ballot has a mark that is no clear yes"), None),
        Printed::Marked(value) => {
            (Found::Casts { value, own: true, why: "its box on the ballot is marked" }, Some(Sign::Value(value)))
        }
    };
    let tokens = tokens(&line.text);
    Finding { found, sign, claim: first_claim(&tokens), line: line.line_at(0) }
}

/// In the mail that calls the vote, only what the sender calls their own is a vote.
fn in_call(found: Found, calls: bool, tokens: &[Token]) -> Found {
    if !calls {
        return found;
    }
    let alone = tokens.iter().filter(|token| token.is_word()).all(|token| is_claim(&token.text));
    let claimed = tokens.iter().any(|token| token.is_word());
    // "Binding +1:" heads the names of those who cast it
    let heads = tokens.last().is_some_and(|token| token.is(":"));
    match found {
        Found::Casts { own: true, .. } => found,
        Found::Casts { .. } if alone && claimed && !heads => {
            Found::Unclear("it stands in the mail that calls the vote, and whether it is cast is not clear")
        }
        Found::Casts { .. } | Found::Unclear(_) => Found::Mentions("it stands in the mail that calls the vote"),
        other => other,
    }
}

/// A value right below what somebody else remarked can be an answer to that.
fn below_remark(found: Found, text: &Text<'_>, line: usize) -> Found {
    match found {
        Found::Casts { own: false, .. } if text.remarks.contains(&line) => {
            Found::Unclear("it stands below a quoted remark, and whether it answers that or the call is not clear")
        }
        other => other,
    }
}

/// Makes a sign of a 0 that stands where a vote does.
fn zero(tokens: &mut [Token], place: Place<'_>, alone_in_line: bool) {
    for at in 0..tokens.len() {
        if !tokens[at].is("0") {
            continue;
        }
        let rest = &tokens[at + 1..];
        let words: Vec<&str> = rest.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
        let only_claim = words.iter().all(|word| is_claim(word)) && !rest.iter().any(|token| token.is(":"));
        let from_me = words.len() >= 2 && matches!(words[0], "from" | "for") && matches!(words[1], "me" | "my" | "now");
        let parted =
            rest.first().is_some_and(|token| matches!(token.text.as_str(), "," | "." | "(" | "!" | "-" | ":" | ";"));
        let claimed = words.first().is_some_and(|word| is_claim(word));
        let heading = !rest.is_empty() && rest.iter().all(|token| token.is(":"));
        let opens = place.opens && !heading && (parted || claimed || only_claim);
        let alone = only_claim && alone_in_line;
        let begins = at == 0 && place.begins_line && (alone || from_me || opens);
        let before = at.checked_sub(1).map(|at| tokens[at].text.clone()).unwrap_or_default();
        let vote = tokens[..at].iter().any(|token| matches!(token.text.as_str(), "vote" | "voting" | "my"));
        let told = matches!(before.as_str(), "vote" | "i'm" | "my" | "voting")
            || matches!(before.as_str(), ":" | "is" | "to" | "a") && vote;
        let abstains = tokens.iter().any(|token| one_of(&token.text, "abstain abstaining abstained abstention"))
            && tokens.len() <= 8;
        if begins || told || abstains {
            tokens[at].kind = Kind::Sign(Sign::Value(VoteValue::Zero));
        }
    }
}

/// Votes and withdrawals that are said without a value.
fn in_words(tokens: &[Token], place: Place<'_>, sentences: usize) -> Option<Found> {
    let words: Vec<&str> = tokens.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
    let asks = tokens.last().is_some_and(|token| token.is("?"));
    let own_vote = words.windows(2).any(|pair| {
        matches!(pair[0], "my")
            && matches!(pair[1], "vote" | "veto" | "ballot" | "previous" | "earlier" | "binding" | "votes")
    });
    let takes_back = words.iter().any(|word| is_withdrawal(word))
        || words.iter().any(|word| matches!(*word, "take" | "taking")) && words.contains(&"back")
        || words.iter().any(|word| is_removal(word));
    if takes_back && own_vote {
        return Some(withdrawal(&words, asks));
    }
    if !place.opens || !place.begins_line {
        return (own_vote && words.iter().any(|word| is_change(word)) && words.len() < 9 && !asks)
            .then_some(Found::Mentions("it speaks of a change of the vote, without a value"));
    }
    let first = tokens.first()?;
    let claimed = tokens.len() <= 8 && first_claim(tokens).is_some();
    let bare = tokens[1..].iter().all(|token| !token.is_word() || token.is("1"));
    if matches!(first.text.as_str(), "+" | "-" | "1") && (claimed || bare) || first.is("=") && bare && tokens.len() < 4
    {
        return Some(Found::Unclear("a vote without its digit or sign"));
    }
    if matches!(first.text.as_str(), "+l" | "+i" | "+!" | "+one") || matches!(first.text.as_str(), "十1" | "十") {
        return Some(Found::Unclear("it looks like a mistyped vote"));
    }
    if first.text.starts_with('👍') || first.text.starts_with('👎') {
        return (words.is_empty()).then_some(Found::Unclear("a thumb is no value of a ballot"));
    }
    spelled_out(&words, sentences)
}

/// "plus one", "I approve", "abstain": only as a sentence of its own.
fn spelled_out(words: &[&str], _sentences: usize) -> Option<Found> {
    let bare: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| {
            !is_claim(word)
                && !matches!(
                    *word,
                    "a" | "big"
                        | "my"
                        | "i"
                        | "vote"
                        | "from"
                        | "me"
                        | "is"
                        | "the"
                        | "release"
                        | "side"
                        | "for"
                        | "here"
                        | "this"
                        | "it"
                        | "to"
                        | "all"
                        | "proposal"
                )
        })
        .collect();
    match bare[..] {
        ["plus", "one" | "1"] | ["plus-one"] => {
            Some(Found::Casts { value: VoteValue::Plus, own: true, why: "it is the vote in words" })
        }
        ["minus", "one" | "1"] => {
            Some(Found::Casts { value: VoteValue::Minus, own: true, why: "it is the vote in words" })
        }
        [
            "approve" | "approved" | "abstain" | "veto" | "aye" | "nay" | "yes" | "against" | "abstained"
            | "abstaining" | "lgtm",
        ]
        | ["in", "favor" | "favour"]
        | ["looks" | "look" | "sounds", "good" | "great" | "fine"] => {
            Some(Found::Unclear("a vote in words, without a value"))
        }
        _ => None,
    }
}

/// Whether a sentence is a greeting, a thank-you, an address: what may stand before a vote.
fn is_preamble(tokens: &[Token], mark: Mark) -> bool {
    let words: Vec<&str> = tokens.iter().filter(|token| token.is_word()).map(|token| token.text.as_str()).collect();
    let Some(first) = words.first() else { return true };
    let greeting = [
        "hi",
        "hello",
        "hey",
        "dear",
        "thanks",
        "thank",
        "thx",
        "many",
        "greetings",
        "good",
        "great",
        "awesome",
        "congrats",
        "nice",
        "sorry",
        "all",
        "folks",
        "team",
        "everyone",
        "hallo",
        "apologies",
        "well",
        "wow",
    ]
    .contains(first);
    let last = tokens.last().map(|token| token.text.as_str());
    let address = words.len() <= 4 && matches!(last, Some("," | "!")) || words.len() <= 2 && last == Some(":");
    mark == Mark::None && (greeting || address)
}

/// Whether the mail has words beside the vote: a reason, an account of what was checked.
fn explained(lines: &[Logical]) -> bool {
    let mut count = 0;
    for line in lines {
        if count >= 2 {
            return true;
        }
        let tokens = tokens(&line.text);
        let has_sign = tokens.iter().any(|token| token.sign().is_some());
        let words: Vec<&Token> = tokens.iter().filter(|token| token.is_word() && !is_claim(&token.text)).collect();
        let salute = is_preamble(&tokens, line.mark) && !has_sign || is_sign_off(&words);
        if salute {
            continue;
        }
        let empty = [
            "from",
            "me",
            "my",
            "vote",
            "here",
            "is",
            "own",
            "a",
            "i",
            "i'm",
            "the",
            "for",
            "side",
            "so",
            "it",
            "release",
            "on",
            "this",
            "proposal",
            "veto",
            "sorry",
            "thanks",
            "thank",
            "you",
            "unfortunately",
        ];
        count += words
            .iter()
            .filter(|word| !empty.contains(&word.text.as_str()) && word.text.chars().any(char::is_alphabetic))
            .map(|word| if word.text.is_ascii() { 1 } else { 3 })
            .sum::<usize>();
    }
    count >= 2
}

fn is_sign_off(words: &[&Token]) -> bool {
    let first = words.first().map(|word| word.text.as_str());
    words.len() <= 4
        && matches!(
            first,
            Some(
                "regards"
                    | "best"
                    | "cheers"
                    | "thanks"
                    | "thank"
                    | "kind"
                    | "sincerely"
                    | "yours"
                    | "br"
                    | "greetings"
                    | "warm"
                    | "regards,"
            )
        )
        || words.len() <= 2
}
