// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Links to threads: set, leading somewhere, and to this proposal's.

use std::collections::BTreeMap;

use super::finding::{Findings, Rule, Weight, names};
use crate::governance::proposals::corpus::Corpus;
use crate::governance::proposals::field::Field;
use crate::governance::proposals::link::{LinkFault, link_fault, numbers_in};
use crate::governance::proposals::page::Page;
use crate::governance::proposals::scheme::Stage;

pub(super) const RULES: &[Rule] = &[
    PLACEHOLDER,
    NO_DISCUSSION,
    NO_ADDRESS,
    NO_THREAD,
    DAMAGED,
    DEAD,
    OLD,
    FOREIGN,
    INDIRECT,
    VOTE_SHARED,
    DISCUSSION_SHARED,
    OF_ANOTHER,
    BOTH,
];

const PLACEHOLDER: Rule = Rule {
    id: "link-placeholder",
    weight: Weight::Warning,
    finds: "A link to a thread that is the template's placeholder, or a word such as `unknown`.",
    why: "It looks filled in, and leads nowhere.",
};
const NO_DISCUSSION: Rule = Rule {
    id: "discussion-missing",
    weight: Weight::Warning,
    finds: "A proposal that is discussed or decided on without a link to its discussion.",
    why: "The thread is where the reasons are; after years nobody finds it by memory.",
};
const NO_ADDRESS: Rule = Rule {
    id: "link-no-address",
    weight: Weight::Error,
    finds: "A link that is no address of the web.",
    why: "Nobody can follow it.",
};
const NO_THREAD: Rule = Rule {
    id: "link-no-thread",
    weight: Weight::Error,
    finds: "A link that leads to a list, a month or a search, and to no thread.",
    why: "What it shows is another thing each month.",
};
const DAMAGED: Rule = Rule {
    id: "link-damaged",
    weight: Weight::Error,
    finds: "A link to the list's archive whose id is too short or too long.",
    why: "A letter was lost in copying: the archive knows no such thread.",
};
const DEAD: Rule = Rule {
    id: "link-dead",
    weight: Weight::Error,
    finds: "A link to an archive that is gone.",
    why: "It answers nobody any more; the list's own archive has the thread.",
};
const OLD: Rule = Rule {
    id: "link-old",
    weight: Weight::Note,
    finds: "A link to an archive that was replaced and sends on.",
    why: "It leads on as long as somebody keeps it up.",
};
const FOREIGN: Rule = Rule {
    id: "link-foreign",
    weight: Weight::Note,
    finds: "A link to somebody else's archive or page.",
    why: "The project's own archive is what is kept.",
};
const INDIRECT: Rule = Rule {
    id: "link-indirect",
    weight: Weight::Note,
    finds: "A shortened link.",
    why: "Where it leads can be changed, or forgotten.",
};
const VOTE_SHARED: Rule = Rule {
    id: "vote-shared",
    weight: Weight::Warning,
    finds: "A vote thread that two proposals have.",
    why: "One vote was on one of them, and the other's is not recorded; or it was on both and the tally must be.",
};
const DISCUSSION_SHARED: Rule = Rule {
    id: "discussion-shared",
    weight: Weight::Note,
    finds: "A discussion that several proposals have.",
    why: "It may be meant: one thread for an umbrella and its parts. Or one was copied from the other's page.",
};
const OF_ANOTHER: Rule = Rule {
    id: "link-of-another",
    weight: Weight::Warning,
    finds: "A link whose words name another proposal.",
    why: "The thread is about that one.",
};
const BOTH: Rule = Rule {
    id: "vote-is-discussion",
    weight: Weight::Error,
    finds: "One thread as discussion and as vote.",
    why: "A vote has a thread of its own, so that it can be counted.",
};

const THREADS: [Field; 2] = [Field::Discussion, Field::Vote];

pub(super) fn look(corpus: &Corpus<'_>, found: &mut Findings) {
    let mut shared: BTreeMap<(Field, &str), Vec<&Page>> = BTreeMap::new();
    for page in &corpus.pages {
        for field in THREADS {
            one(corpus, page, field, found);
            if let Some(link) = page.set(field).filter(|link| is_a_thread(corpus, link)) {
                shared.entry((field, link.trim_end_matches('/'))).or_default().push(page);
            }
        }
        if page.set(Field::Discussion).is_some() && page.set(Field::Discussion) == page.set(Field::Vote) {
            let message = "the vote's link is that of the discussion".to_owned();
            found.field(&BOTH, page, Field::Vote, message, "link the thread with [VOTE] in its subject".to_owned());
        }
        let under_way =
            page.state(corpus.scheme).is_some_and(|state| state.stage > Stage::Draft && state.stage < Stage::Withdrawn);
        if under_way && page.get(Field::Discussion).is_none() {
            let fix =
                format!("link the thread: quorate flip set {} --discussion URL", page.number().unwrap_or_default());
            found.field(&NO_DISCUSSION, page, Field::Discussion, "no link to its discussion".to_owned(), fix);
        }
    }
    for ((field, link), pages) in shared.into_iter().filter(|(_, pages)| pages.len() > 1) {
        for page in &pages {
            sharing(corpus, field, link, page, &pages, found);
        }
    }
}

/// What leads to no thread is not shared, but wrong.
fn is_a_thread(corpus: &Corpus<'_>, link: &str) -> bool {
    !matches!(link_fault(corpus.scheme, link), Some(LinkFault::NoThread | LinkFault::NoAddress))
}

fn sharing(corpus: &Corpus<'_>, field: Field, link: &str, page: &Page, pages: &[&Page], found: &mut Findings) {
    let others: Vec<&Page> = pages.iter().copied().filter(|other| other.place != page.place).collect();
    let message = format!("{} has the same {field} thread, {link}", names(corpus, &others));
    match field {
        Field::Vote => {
            let fix = "see in the archive which one it is about; link the other's own, or take the link off".to_owned();
            found.field(&VOTE_SHARED, page, field, message, fix);
        }
        _ => {
            let fix = "nothing where one thread was meant for all; else link its own".to_owned();
            found.field(&DISCUSSION_SHARED, page, field, message, fix);
        }
    }
}

fn one(corpus: &Corpus<'_>, page: &Page, field: Field, found: &mut Findings) {
    let Some(written) = page.get(field) else { return };
    let link = "link the thread at the list's archive: https://lists.apache.org/thread/…";
    let Some(set) = page.set(field) else {
        let message = format!("the {field} is `{written}`, which is no link");
        return found.field(&PLACEHOLDER, page, field, message, format!("{link}, or leave it empty"));
    };
    let instead = |living: Option<String>| match living {
        Some(living) => format!("find the thread at {living} and link it"),
        None => link.to_owned(),
    };
    let (rule, message, fix) = match link_fault(corpus.scheme, set) {
        None => (None, String::new(), String::new()),
        Some(LinkFault::NoAddress) => (Some(&NO_ADDRESS), format!("`{set}` is no address"), link.to_owned()),
        Some(LinkFault::NoThread) => (Some(&NO_THREAD), format!("{set} leads to no thread"), link.to_owned()),
        Some(LinkFault::Damaged(what)) => {
            (Some(&DAMAGED), format!("{set} leads to no thread: {what}"), link.to_owned())
        }
        Some(LinkFault::Dead(living)) => (Some(&DEAD), format!("the archive of {set} is gone"), instead(living)),
        Some(LinkFault::Old(living)) => (Some(&OLD), format!("the archive of {set} was replaced"), instead(living)),
        Some(LinkFault::Foreign) => (Some(&FOREIGN), format!("{set} is not in the project's archive"), link.to_owned()),
        Some(LinkFault::Indirect) => (Some(&INDIRECT), format!("{set} sends on to somewhere else"), link.to_owned()),
    };
    if let Some(rule) = rule {
        found.field(rule, page, field, message, fix);
    }
    let named = numbers_in(corpus.scheme, set);
    if let (Some(number), Some(other)) = (page.number(), named.first())
        && !named.contains(&number)
    {
        let message = format!("the words of {set} name {}", corpus.scheme.name(Some(*other)));
        let fix = format!("link the {field} of {}, or say on the page why it is that one", page.name(corpus.scheme));
        found.field(&OF_ANOTHER, page, field, message, fix);
    }
}
