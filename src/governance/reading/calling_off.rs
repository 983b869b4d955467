// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Mails that call a vote off: for certain, where a clause does so plainly, and perhaps, where it has the
//! words for it and does not.

use super::Text;
use super::calling::has;
use super::candidates::candidates;
use super::deed::Clause;
use super::sign::tokens;
use super::words::one_of;

/// How certain it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Off {
    Certain,
    /// A person has to rule on it.
    Perhaps,
}

/// Whether the mail calls the vote off, with the line that does; `may`: its sender can.
pub(super) fn calling_off(text: &Text<'_>, sentences: &[String], may: bool) -> Option<(Off, String)> {
    if !may {
        let line = sentences.iter().find(|sentence| is_plain(sentence, text))?;
        return Some((Off::Certain, as_written(text, line)));
    }
    let read: Vec<(Off, &String)> =
        sentences.iter().filter_map(|sentence| Some((how(sentence, text)?, sentence))).collect();
    let (off, found) = read.iter().find(|(off, _)| *off == Off::Certain).or(read.first())?;
    Some((*off, as_written(text, found)))
}

fn how(sentence: &str, text: &Text<'_>) -> Option<Off> {
    let words: Vec<&str> =
        sentence.split(|c: char| !(c.is_alphanumeric() || c == '\'')).filter(|w| !w.is_empty()).collect();
    let open = words.iter().enumerate().any(|(at, word)| is_open(word) && (at > 0 || *word != "considering"));
    if speaks_of_end(sentence, text) {
        let stops = tokens(sentence).iter().any(|token| stops(&token.text));
        let done =
            !open && (stops || !is_of_another(sentence, text)) && (!stops || is_done(sentence) || is_begun(&words));
        return Some(if done { Off::Certain } else { Off::Perhaps });
    }
    (has_end(&words, sentence, text) || is_foreign_end(sentence)).then_some(Off::Perhaps)
}

/// Whether what is to come is no successor for certain: "once this vote passes I'll roll the RC2 of the docker
/// images", "the next candidate for the connector".
fn is_of_another(sentence: &str, text: &Text<'_>) -> bool {
    let words: Vec<&str> = sentence
        .split_whitespace()
        .map(|word| word.trim_matches(['.', ',', ';', ':', '!', '(', ')']))
        .filter(|word| !word.is_empty())
        .collect();
    let once = words.iter().position(|word| one_of!(word, "once when after soon if"));
    let passes = once.is_some_and(|at| {
        words[at..].iter().take(7).any(|word| one_of!(word, "passes passed pass succeeds succeeded approved accepted"))
    });
    let subject = text.subject.written.to_lowercase();
    let named = words.windows(2).enumerate().any(|(at, two)| {
        let of = is_matter(two[0]) && one_of!(two[1], "of for");
        let what = words[(at + 2).min(words.len())..].iter().find(|word| !one_of!(word, "the apache our a an version"));
        of && what.is_some_and(|what| {
            !subject.contains(*what) && !one_of!(what, "review testing voting you us everyone all this it that release")
        })
    });
    passes || named
}

/// Words under which a deed is none, or not yet.
fn is_open(word: &str) -> bool {
    one_of!(
        word,
        "refuse refuses refused decline asked asks ask considered consider considers considering before almost nearly wanted wants want tried try hesitate tempted thought thinking think thinks reason far suggest suggests suggested propose proposes proposed nothing nobody forgot hardly barely wrong"
    )
}

/// "Cancelling due to a jar", "Cancelled.": a sentence that begins with it.
fn is_begun(words: &[&str]) -> bool {
    words.iter().take(2).any(|word| stops(word)) && !words.iter().any(|word| one_of!(word, "would could by"))
}

/// Whether a clause calls something off plainly: "I hereby cancel this vote", "the vote is withdrawn".
fn is_done(sentence: &str) -> bool {
    let tokens = tokens(sentence);
    let verb = |word: &str| {
        stops(word)
            || is_matter(word)
            || one_of!(word, "will i'll we'll be being to call calling called off going thread round ballot voting")
    };
    (0..tokens.len()).filter(|at| stops(&tokens[*at].text)).any(|at| {
        let behind =
            tokens[at..].iter().take(4).position(|token| is_matter(&token.text)).map_or(at + 1, |more| at + more + 1);
        let clause = Clause::around(&tokens, at, behind);
        clause.is_done(verb) && !clause.head.iter().any(|word| one_of!(word, "my 1"))
    })
}

/// "This vote is cancelled.", "I cancel the vote": as plainly as anybody can say it.
fn is_plain(sentence: &str, text: &Text<'_>) -> bool {
    let matter = tokens(sentence).iter().any(|token| is_matter(&token.text));
    let later = ["last ", "earlier", "previous", "ago"].iter().any(|word| sentence.contains(word));
    let words: Vec<&str> = sentence.split(' ').collect();
    matter
        && !later
        && speaks_of_end(sentence, text)
        && is_done(sentence)
        && !words.iter().any(|word| is_open(word) || one_of!(word, "will i'll we'll going let let's would"))
        && !one_of!(words[0], "please")
}

fn is_matter(word: &str) -> bool {
    one_of!(word, "vote voting candidate rc thread round ballot")
        || word.starts_with("rc") && word[2..].trim_start_matches('-').chars().all(|c| c.is_ascii_digit())
}

/// What ends a vote without an outcome.
fn stops(word: &str) -> bool {
    one_of!(
        word,
        "cancel canceling cancelling cancelled canceled withdraw withdrawing withdrawn abort aborting aborted abandon abandoning abandoned void voided retract retracting retracted invalidate invalidated scrap scrapping discard discarding off"
    )
}

/// Words that may say that a vote ends, with what they end beside them: "killing this RC", "RC2 is dead".
fn has_end(words: &[&str], sentence: &str, text: &Text<'_>) -> bool {
    let any = |one: fn(&str) -> bool| words.iter().any(|word| one(word));
    let denied = any(|word| {
        one_of!(
            word,
            "not never don't won't can't cannot if should unless would could might whether or your you no isn't my"
        )
    });
    let earlier = any(|word| one_of!(word, "previous earlier last old"));
    let named = candidates(sentence);
    let other = !text.candidates.is_empty() && named.first().is_some_and(|name| !text.candidates.contains(name));
    if denied || earlier || sentence.ends_with('?') {
        return false;
    }
    let near = |at: usize| {
        words[at + 1..].iter().take(4).any(|word| is_matter(word))
            || words[at.saturating_sub(4)..at].iter().any(|word| is_matter(word))
    };
    let ends =
        (0..words.len()).any(|at| is_weak_end(words[at]) && near(at) && (!other || words[at].starts_with("restart")));
    // "please stop voting on this one"
    let stopped = words.windows(3).any(|three| three[0] == "stop" && three[1..].iter().any(|word| is_matter(word)));
    let follows = any(|word| one_of!(word, "closing closed close over stopping stop"))
        && any(is_matter)
        && any(|word| one_of!(word, "new next another rc3 rc4 rc5 rc6"));
    let after = words.first().is_some_and(|word| one_of!(word, "superseded replaced obsoleted")) && !named.is_empty();
    let back = any(|word| one_of!(word, "take taking pull pulling"))
        && any(is_matter)
        && !other
        && any(|word| one_of!(word, "back pull pulling"));
    ends || stopped || follows || after || back
}

fn is_weak_end(word: &str) -> bool {
    one_of!(
        word,
        "kill killing killed drop dropping dropped sink sinking sunk stopping stopped halt halting terminate terminating terminated supersede superseded supersedes replaced dead ignore disregard restart restarting restarted obsolete suspended off"
    )
}

/// The same in other languages.
fn is_foreign_end(sentence: &str) -> bool {
    let ends = ["abgebrochen", "abbrech", "breche", "annul", "cancela", "anulad", "anulo", "отмен", "取消", "中止"];
    let vote = ["abstimmung", "vote", "votaci", "votazion", "voto", "scrutin", "голосован", "投票", "rc"];
    let denied = [" nicht", " pas ", "keine", " no ", " non "];
    has(sentence, &ends) && has(sentence, &vote) && !has(sentence, &denied) && !sentence.ends_with('?')
}

/// The line that has the sentence, as it was written.
pub(super) fn as_written(text: &Text<'_>, found: &str) -> String {
    let words: Vec<&str> = found.split(' ').take(4).collect();
    let start = words.join(" ");
    let written = text.own.iter().find(|line| super::normal::plain(line).to_lowercase().contains(&start));
    written.map_or_else(|| found.to_owned(), |line| line.trim().to_owned())
}

/// Whether a sentence of whoever called the vote says that it ends without an outcome; in which clause is
/// not looked at.
fn speaks_of_end(sentence: &str, text: &Text<'_>) -> bool {
    let words: Vec<&str> = sentence
        .split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '-'))
        .filter(|word| !word.is_empty())
        .collect();
    let any = |list: &[&str]| words.iter().any(|word| list.contains(word));
    let denied = any(&[
        "not", "never", "don't", "won't", "can't", "cannot", "if", "should", "unless", "would", "could", "might",
        "whether", "or",
    ]) || sentence.ends_with('?');
    if denied {
        return false;
    }
    let candidate =
        |word: &&str| word.starts_with("rc") && word[2..].trim_start_matches('-').chars().all(|c| c.is_ascii_digit());
    let matter =
        any(&["vote", "voting", "thread", "candidate", "release", "round", "ballot"]) || words.iter().any(candidate);
    let stops = any(&[
        "cancel",
        "canceling",
        "cancelling",
        "cancelled",
        "canceled",
        "withdraw",
        "withdrawing",
        "withdrawn",
        "abort",
        "aborting",
        "aborted",
        "abandon",
        "abandoning",
        "abandoned",
        "void",
        "voided",
        "retract",
        "retracting",
        "invalidate",
        "invalidated",
        "scrap",
        "scrapping",
        "discard",
        "discarding",
    ]);
    let own_vote = sentence.contains("my vote")
        || sentence.contains("my +1")
        || sentence.contains("my -1")
        || sentence.contains("my earlier")
        || sentence.contains("my previous")
        || sentence.contains("your");
    // "the previous vote was cancelled", "RC1 was withdrawn"
    let stop = ["cancel", "withdr", "abort", "abandon", "void"].iter().filter_map(|word| sentence.find(word)).min();
    let others = candidates(&sentence[..stop.unwrap_or(sentence.len())]);
    let earlier = any(&["previous", "earlier", "last", "old"])
        || !text.candidates.is_empty()
            && others.iter().all(|other| !text.candidates.contains(other))
            && !others.is_empty();
    let alone = words.len() <= 2 || words.len() <= 4 && words.first().is_some_and(|word| word.starts_with("cancel"));
    if stops && (matter || alone) && !own_vote && !earlier {
        return true;
    }
    // "the next candidate of 2.0" is on another release
    let version = |word: &str| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit());
    let of_other = sentence
        .split_whitespace()
        .map(|word| word.trim_matches(['.', ',', ';', ':', '!', '(', ')']))
        .any(|word| version(word) && !text.subject.written.contains(word));
    let fresh = any(&["new", "another", "next", "fresh", "second", "rc2", "rc3", "rc4", "rc5"])
        && (any(&["round", "rc", "candidate", "vote"]) || words.iter().any(candidate))
        && !of_other;
    let begins = any(&[
        "start",
        "starting",
        "prepare",
        "preparing",
        "create",
        "creating",
        "roll",
        "rolling",
        "cut",
        "cutting",
        "follow",
        "follows",
        "spin",
        "spinning",
        "build",
        "building",
        "send",
        "kick",
        "open",
        "propose",
        "respin",
        "coming",
        "make",
        "produce",
        "publish",
        "initiate",
        "raise",
        "post",
    ]);
    let announced =
        any(&["will", "i'll", "we'll", "going", "i'm", "soon", "shortly", "follows", "follow", "am", "let's"])
            || has(sentence, &["let me ", "coming up", "tomorrow"]);
    let ends = any(&["closing", "dead", "closed", "failed"]) && (matter || words.iter().any(candidate));
    if ends && fresh && (announced || any(&["need", "needed", "due"])) || sentence.contains("vote has failed due to") {
        return true;
    }
    if sentence.contains("abstimmung ist abgebrochen") || sentence.contains("取消") && sentence.contains("投票") {
        return true;
    }
    fresh && begins && announced
        || any(&["respin", "respinning", "re-spin", "reroll", "re-roll", "rerolling"]) && announced
}
