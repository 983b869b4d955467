// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a whole mail casts, from what its lines and sentences say.

use super::Text;
use super::above::{after_agreement, below_name, below_remark};
use super::ballot::{Printed, boxed, boxed_behind, leading_box, listed};
use super::below::depends;
use super::besides::{explained, is_preamble};
use super::claim::{claim, first_claim};
use super::clause::{Found, Place, judge};
use super::in_words::in_words;
use super::lines::{Logical, Mark};
use super::mention::NAMES_VALUES;
use super::objection::{IN_WORDS, objects};
use super::proxy::{ANOTHERS, brought};
use super::sign::{Kind, Sign, Token, tokens};
use super::told::{accounts, leads_reasons, may_tell};
use super::unsaid::unsaid;
use super::words::{is_claim, one_of};
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
            None => match depends(lines, cast.line, *value)
                .or_else(|| unsaid(lines, cast.line, text.candidates))
                .or_else(|| brought(lines, cast.line, text.sender))
            {
                Some((at, why)) => qualified(&line(cast), text.own.get(at).map_or("", |line| line.trim()), why),
                None => cast_of(cast, *value, &casts, lines, text),
            },
        };
    }
    if let Some(first) = unclear.first() {
        return unclear_with(&line(first), first, None);
    }
    if let Some(taken_back) = findings.iter().find(|finding| finding.found == Found::Withdraws) {
        return Says::Withdraws { line: line(taken_back) };
    }
    if let Some(stray) = findings.iter().find(|finding| matches!(finding.found, Found::Stray(_))) {
        return unclear_with(&line(stray), stray, None);
    }
    if let Some(at) = objects(lines).filter(|_| !calls) {
        let excerpt = text.own.get(at).map_or_else(String::new, |line| excerpt(line));
        return Says::Unclear { excerpt, why: IN_WORDS.to_owned() };
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
        Found::Unclear(why) | Found::Stray(why) => why.to_owned(),
        _ => String::new(),
    };
    let excerpt = match other {
        Some(other) if other != line => format!("{other}\n{line}"),
        _ => line.to_owned(),
    };
    Says::Unclear { excerpt, why }
}

/// A vote that another line makes unclear.
fn qualified(line: &str, other: &str, why: &str) -> Says {
    let other = excerpt(other);
    let excerpt = if other == line { other } else { format!("{line}\n{other}") };
    Says::Unclear { excerpt, why: why.to_owned() }
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
        let many = line.text.split_ascii_whitespace().count() > 8;
        if many || line.text.len() > 60 || line.text.contains(['+', '[']) {
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
    let few = told.iter().filter(|told| **told).count() < 4;
    let mut found = Vec::new();
    let mut opens = true;
    for (number, (line, listed)) in lines.iter().zip(of_list).enumerate() {
        if told[number] {
            let of_several = few && !(text.by_caller || calls) && tells_own(&line.text, &sender);
            let of_account = of_account(line, text.by_caller || calls);
            let of_several = of_several.then_some(Finding { found: Found::Stray(ANOTHERS), ..mention("", line) });
            found.push(of_several.unwrap_or(of_account));
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
        for (at_sentence, sentence) in sentences.iter().enumerate() {
            let begins_line = at_sentence == 0;
            let place = Place {
                opens,
                begins_line,
                subject: &subject,
                sender: &sender,
                written: sentence.text,
                candidates: text.candidates,
                bullet: line.mark == Mark::Bullet,
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
                    let found_here = beside_another(judge(&tokens, at, place), &tokens, at, place);
                    let found_here = below_name(found_here, &tokens, at, &lines[..=number], place);
                    let found_here = below_remark(in_call(found_here, calls, &tokens), text, on);
                    let found_here = match before_it(&sentences, at_sentence, lines, number) {
                        before if at == 0 => after_agreement(found_here, before),
                        _ => found_here,
                    };
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

/// The sentence before one: of the same line, else the last of the line above.
fn before_it<'l>(
    sentences: &[super::lines::Sentence<'l>],
    at: usize,
    lines: &'l [Logical],
    number: usize,
) -> Option<&'l str> {
    match at.checked_sub(1) {
        Some(before) => Some(sentences[before].text),
        None => lines[..number].last().and_then(|above| above.sentences().last().map(|last| last.text)),
    }
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

/// "Core: +1", "Connector: 0": parts of what is voted on, or people.
fn of_account(line: &Logical, by_caller: bool) -> Finding {
    let one = mention("it tells who voted how", line);
    if by_caller || !line.text.contains(": ") {
        return one;
    }
    Finding { found: Found::Stray("it tells who voted how, or votes on parts"), ..one }
}

/// "+1 (Ann)", by Ann, beside somebody else's.
fn tells_own(line: &str, sender: &str) -> bool {
    let tokens = tokens(line);
    let mut names = tokens.iter().filter(|token| token.is_word() && !is_claim(&token.text) && token.text.len() > 1);
    names.any(|name| sender.split(' ').any(|own| own == name.text))
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
        Found::Casts { .. } | Found::Unclear(_) | Found::Stray(_) => {
            Found::Mentions("it stands in the mail that calls the vote")
        }
        other => other,
    }
}

/// "+1/-1", "my vote: +1 or -1": values to choose from, and none of them is chosen. Where nothing
/// but such values stands, it is not known whether that is a vote that was not made up.
fn beside_another(found: Found, tokens: &[Token], at: usize, place: Place<'_>) -> Found {
    let joins = |token: &Token| matches!(token.text.as_str(), "/" | "|" | "or" | "and/or");
    let other = |joint: Option<usize>, beyond: Option<usize>| {
        let joined = joint.and_then(|joint| tokens.get(joint)).is_some_and(joins);
        let sign = beyond.and_then(|beyond| tokens.get(beyond)).and_then(Token::sign);
        joined && matches!(sign, Some(Sign::Value(_))) && sign != tokens[at].sign()
    };
    let choice = other(at.checked_sub(1), at.checked_sub(2)) || other(Some(at + 1), Some(at + 2));
    let nothing_else =
        || tokens.iter().all(|token| !token.is_word() || matches!(token.text.as_str(), "or" | "and" | "and/or" | "0"));
    // "+1 or -1, I cannot decide"
    let undecided = || tokens[0].sign().is_some() && tokens.iter().any(|token| one_of!(&token.text, "i i'm cannot"));
    match found {
        Found::Casts { .. } if choice => Found::Unclear("it has values to choose from, and none of them is chosen"),
        Found::Mentions(NAMES_VALUES) if place.opens && place.begins_line && (nothing_else() || undecided()) => {
            Found::Unclear("it has values to choose from, and none of them is chosen")
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
        let changed = at > 1
            && matches!(tokens[at - 1].text.as_str(), "->" | "=>" | "to" | "into")
            && tokens[..at].iter().any(|token| token.sign().is_some())
            && rest.first().is_none_or(|token| !token.is_word() || is_claim(&token.text));
        // "Actually 0, no time to check"
        let led = tokens[..at].iter().all(|token| one_of!(&token.text, "actually sorry rather well hmm so then oh ,"));
        let begins = led && place.begins_line && (at == 0 && (alone || from_me) || opens);
        let before = at.checked_sub(1).map(|at| tokens[at].text.clone()).unwrap_or_default();
        let vote = tokens[..at].iter().any(|token| matches!(token.text.as_str(), "vote" | "voting" | "my"));
        let told = matches!(before.as_str(), "vote" | "i'm" | "my" | "voting")
            || matches!(before.as_str(), ":" | "is" | "to" | "a") && vote;
        let abstains = tokens.iter().any(|token| {
            one_of!(&token.text, "abstain abstaining abstained abstention opinion preference neutral indifferent mind")
        }) && tokens.len() <= 12;
        if begins || told || abstains || changed {
            tokens[at].kind = Kind::Sign(Sign::Value(VoteValue::Zero));
        }
    }
}
