// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Who asked what in a thread: a mail that does nothing but answer somebody's question says nothing of its
//! sender's vote.

use std::collections::HashMap;

use super::sender::Sender;
use super::thread::Mail;

/// How long a line is shown at most, in characters.
const LENGTH: usize = 80;

/// The mails that ask something, by their Message-IDs, each with its sender's address.
#[derive(Default)]
pub(super) struct Asked<'m> {
    by_id: HashMap<&'m str, Option<String>>,
}

impl<'m> Asked<'m> {
    pub(super) fn add(&mut self, mail: &'m Mail<'_>, sender: &Sender, own: &[&str]) {
        if own.iter().any(|line| line.trim_end().ends_with(['?', '？'])) {
            self.by_id.insert(&mail.id, sender.address.clone());
        }
    }

    /// The first line that the sender wrote, where the mail does more than answer a question of somebody else.
    pub(super) fn remark(&self, mail: &Mail<'_>, sender: &Sender, own: &[&str]) -> Option<String> {
        let asked = mail.parents.first().and_then(|parent| self.by_id.get(parent.as_str()));
        let answers = asked.is_some_and(|whose| *whose != sender.address) && !own.iter().any(|line| is_of_votes(line));
        let written = || own.iter().map(|line| line.trim()).filter(|line| line.chars().any(char::is_alphanumeric));
        // "Hi all," says nothing
        let greets = |line: &&str| line.ends_with([',', '，']) && line.split(' ').count() < 5;
        let line = written().find(|line| !greets(line)).or_else(|| written().next());
        line.filter(|_| !answers).map(shortened)
    }
}

fn is_of_votes(line: &str) -> bool {
    const WORDS: [&str; 9] = ["vote", "voting", "veto", "ballot", "+1", "-1", "stimme", "voto", "票"];
    let lower = line.to_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(LENGTH) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::mail::reading::{Selection, read_bytes};

    #[test]
    fn an_answer_to_a_question_is_no_remark() {
        let mail = |id: &str, from: &str, to: &str, body: &str| {
            format!(
                "From b Mon Jan  1 00:00:00 2024\nFrom: {from}@example.org\nSubject: Re: [VOTE] Release Widget 1.2.3\nMessage-ID: <{id}@x>\nIn-Reply-To: <{to}@x>\n\n{body}\n\n"
            )
        };
        let call = "From a Mon Jan  1 00:00:00 2024\nFrom: ann@example.org\nSubject: [VOTE] Release Widget 1.2.3\nMessage-ID: <0@x>\n\nPlease vote.\n\n";
        let thread = [
            call.to_owned(),
            mail("1", "bob", "0", "Which Java did you use?"),
            mail("2", "cat", "1", "Java 17."),
            mail("3", "cat", "1", "Java 17. My vote was for Java 8."),
            mail("4", "bob", "1", "Forget it."),
            mail("5", "cat", "0", "> quoted\n\nHi all,\n\nIt fails here."),
        ];
        let read = read_bytes(thread.concat().as_bytes(), Selection::default());
        let remarks: Vec<Option<&str>> = read.statements[1..].iter().map(|one| one.remark.as_deref()).collect();
        assert_eq!(
            remarks,
            [
                Some("Which Java did you use?"),
                None,
                Some("Java 17. My vote was for Java 8."),
                Some("Forget it."),
                Some("It fails here.")
            ]
        );
    }
}
