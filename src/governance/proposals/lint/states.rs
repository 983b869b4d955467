// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The state against its evidence.

use jiff::civil::Date;
use jiff::{Unit, civil};

use super::finding::{Findings, Rule, Weight};
use crate::governance::proposals::corpus::Corpus;
use crate::governance::proposals::field::Field;
use crate::governance::proposals::life::Proof;
use crate::governance::proposals::number::parse_number;
use crate::governance::proposals::page::Page;
use crate::governance::proposals::scheme::{Stage, StateRule};

pub(super) const RULES: &[Rule] = &[
    NOT_KNOWN,
    WORD,
    NO_VOTE,
    RELEASED_NO_VOTE,
    NOT_PASSED,
    TALLY,
    OTHER_VOTE,
    STILL_DISCUSSED,
    NO_VERSION,
    VERSION,
    NO_REASON,
    SUCCESSOR,
    STALE,
];

const NOT_KNOWN: Rule = Rule {
    id: "state-unknown",
    weight: Weight::Warning,
    finds: "A page whose state is not known.",
    why: "It is in no part of the round-up; nobody can tell whether it holds.",
};
const WORD: Rule = Rule {
    id: "state-word",
    weight: Weight::Error,
    finds: "A state that the scheme does not have.",
    why: "It is read as no state at all.",
};
const NO_VOTE: Rule = Rule {
    id: "accepted-without-vote",
    weight: Weight::Error,
    finds: "An accepted proposal without a link to its vote.",
    why: "The bylaws accept a proposal by a vote; without the link nobody can see that there was one.",
};
const RELEASED_NO_VOTE: Rule = Rule {
    id: "released-without-vote",
    weight: Weight::Warning,
    finds: "A released proposal without a link to its vote.",
    why: "As for an accepted one; many are older than the votes, and none will be held now.",
};
const NOT_PASSED: Rule = Rule {
    id: "vote-not-passed",
    weight: Weight::Error,
    finds: "An accepted or released proposal whose tally does not say that its vote passed, or a rejected one whose tally says it did.",
    why: "What the record says is what is so.",
};
const TALLY: Rule = Rule {
    id: "tally-unreadable",
    weight: Weight::Error,
    finds: "A tally that a page names and that is not there, or is none.",
    why: "It is the evidence of the state.",
};
const OTHER_VOTE: Rule = Rule {
    id: "tally-of-another",
    weight: Weight::Error,
    finds: "A tally of another vote than the page's, or whose votes do not come to what it says.",
    why: "It shows nothing of this proposal.",
};
const STILL_DISCUSSED: Rule = Rule {
    id: "voted-still-discussed",
    weight: Weight::Warning,
    finds: "A proposal with a vote thread that is still a draft or under discussion.",
    why: "The vote is open or over: the page says where it stands, and does not.",
};
const NO_VERSION: Rule = Rule {
    id: "released-without-version",
    weight: Weight::Error,
    finds: "A released proposal that does not say with which version.",
    why: "Release notes and users ask by the version.",
};
const VERSION: Rule = Rule {
    id: "version-not-released",
    weight: Weight::Note,
    finds: "A proposal with a version that is not released yet by its state.",
    why: "It is planned for it, or it came with it and nobody set the state.",
};
const NO_REASON: Rule = Rule {
    id: "rejected-without-evidence",
    weight: Weight::Warning,
    finds: "A rejected or withdrawn proposal that has neither a vote nor a reason.",
    why: "Who comes with the same idea wants to know what was said to it.",
};
const SUCCESSOR: Rule = Rule {
    id: "successor",
    weight: Weight::Error,
    finds: "A superseded proposal without a successor, or a successor that there is not.",
    why: "The reader is sent on to nothing.",
};
const STALE: Rule = Rule {
    id: "discussion-stale",
    weight: Weight::Warning,
    finds: "A discussion without a mail, or where none is known without a change of the page, for more than the scheme's weeks.",
    why: "It waits for somebody who does not know it: ask, vote, or withdraw it.",
};

pub(super) fn look(corpus: &Corpus<'_>, found: &mut Findings) {
    for page in &corpus.pages {
        match (page.state(corpus.scheme), page.get(Field::State)) {
            (Some(state), _) => {
                voted(page, state, found);
                tallied(corpus, page, state, found);
                released(page, state, found);
                ended(corpus, page, state, found);
                stale(corpus, page, state, found);
            }
            (None, Some(word)) if page.set(Field::State).is_some() => {
                let known: Vec<&str> = corpus.scheme.states.iter().map(|state| state.id.as_str()).collect();
                let message = format!("`{word}` is no state");
                found.field(&WORD, page, Field::State, message, format!("one of {}", known.join(", ")));
            }
            (None, _) => {
                let fix = format!(
                    "see the round-up, the label and the threads; then quorate flip set {} --state STATE --correct --why TEXT",
                    page.word()
                );
                found.field(&NOT_KNOWN, page, Field::State, "its state is not known".to_owned(), fix);
            }
        }
    }
}

fn voted(page: &Page, state: &StateRule, found: &mut Findings) {
    let vote = page.set(Field::Vote);
    let rule = match (state.stage, vote) {
        (Stage::Accepted, None) => &NO_VOTE,
        (Stage::Released, None) => &RELEASED_NO_VOTE,
        (Stage::Draft | Stage::Discussion, Some(vote)) => {
            let message = format!("it is `{}` and has a vote thread, {vote}", state.id);
            let fix = "count the vote (quorate vote tally) and set the state that it came to".to_owned();
            return found.field(&STILL_DISCUSSED, page, Field::State, message, fix);
        }
        _ => return,
    };
    let message = format!("it is `{}` and has no link to a vote", state.id);
    let fix = "link the thread of its vote; where there was none, say so on the list".to_owned();
    found.field(rule, page, Field::Vote, message, fix);
}

fn tallied(corpus: &Corpus<'_>, page: &Page, state: &StateRule, found: &mut Findings) {
    let Some(result) = page.set(Field::Result).filter(|result| !result.contains("://")) else { return };
    match corpus.tallies.get(result) {
        None => {
            let message = format!("the tally `{result}` is not there");
            found.field(&TALLY, page, Field::Result, message, "name a file in the registry, from its root".to_owned());
        }
        Some(Err(why)) => {
            let message = format!("`{result}` is no tally: {why}");
            let fix = "write it by `quorate vote tally --json`".to_owned();
            found.field(&TALLY, page, Field::Result, message, fix);
        }
        Some(Ok(tally)) => {
            let passed = tally.outcome == "passed";
            let against = match state.stage {
                Stage::Accepted | Stage::Released => !passed,
                Stage::Rejected => passed,
                _ => false,
            };
            if let Some(message) = tally.fault(corpus.scheme, page) {
                let fix =
                    "keep the tally of its own vote: quorate vote tally --json, quorate flip set … --tally".to_owned();
                found.field(&OTHER_VOTE, page, Field::Result, format!("`{result}`: {message}"), fix);
            }
            if against || tally.action != corpus.scheme.action {
                let message =
                    format!("it is `{}`; by `{result}` the vote on `{}` is {}", state.id, tally.action, tally.outcome);
                found.field(&NOT_PASSED, page, Field::State, message, "set the state that the vote came to".to_owned());
            }
        }
    }
}

fn released(page: &Page, state: &StateRule, found: &mut Findings) {
    match (state.stage, page.set(Field::Release)) {
        (Stage::Released, None) => {
            let fix = format!("say with which: quorate flip set {} --release V", page.word());
            found.field(&NO_VERSION, page, Field::Release, "it is released, with no version".to_owned(), fix);
        }
        (stage, Some(version)) if stage != Stage::Released && stage != Stage::Superseded => {
            let message = format!("it is `{}` and has the version {version}", state.id);
            let fix = format!("where {version} is out and has it: quorate flip set {} --state released", page.word());
            found.field(&VERSION, page, Field::Release, message, fix);
        }
        _ => {}
    }
}

fn ended(corpus: &Corpus<'_>, page: &Page, state: &StateRule, found: &mut Findings) {
    let no_reason = page.set(Field::Vote).is_none() && page.set(Field::Why).is_none();
    match state.stage {
        Stage::Rejected | Stage::Withdrawn if no_reason => {
            let message = format!("it is `{}` and says neither vote nor why", state.id);
            found.field(&NO_REASON, page, Field::State, message, "link the vote, or add `why: …`".to_owned());
        }
        Stage::Superseded => {
            let given = page.set(Field::SupersededBy);
            let number = given.and_then(|given| parse_number(corpus.scheme, given));
            let there =
                number.is_some_and(|number| Some(number) != page.number() && corpus.numbered(number).next().is_some());
            let ring = number
                .zip(page.number())
                .is_some_and(|(number, own)| number != own && Proof::of(corpus, page, None).leads(number, own));
            if !there || ring {
                let message = match given {
                    Some(given) if ring => {
                        format!("it is superseded by `{given}`, which is superseded by it, at the end")
                    }
                    Some(given) => format!("it is superseded by `{given}`, which is no other proposal here"),
                    None => "it is superseded and does not say by which".to_owned(),
                };
                found.field(&SUCCESSOR, page, Field::SupersededBy, message, "add `superseded-by: NUMBER`".to_owned());
            }
        }
        _ => {}
    }
}

fn stale(corpus: &Corpus<'_>, page: &Page, state: &StateRule, found: &mut Findings) {
    if !matches!(state.stage, Stage::Discussion | Stage::Vote) {
        return;
    }
    let day = |field| page.set(field).and_then(|day| day.parse::<Date>().ok());
    let last =
        [Field::LastMail, Field::Modified, Field::Created].into_iter().find_map(|field| Some((field, day(field)?)));
    let Some((field, last)) = last else { return };
    let weeks = weeks_between(last, corpus.today);
    if weeks >= i64::from(corpus.scheme.stale_weeks) {
        let what = if field == Field::LastMail { "no mail" } else { "no change of its page" };
        let message = format!("it is `{}` and there was {what} for {weeks} weeks", state.id);
        let fix = "ask on the thread, call the vote, or withdraw it".to_owned();
        found.field(&STALE, page, field, message, fix);
    }
}

fn weeks_between(from: Date, to: Date) -> i64 {
    let span = from.until(civil::DateDifference::new(to).largest(Unit::Week));
    span.map_or(0, |span| i64::from(span.get_weeks()))
}
