// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the community of a rehearsal does while time passes: it answers the
//! vote by mail, over SMTP like everybody.

use crate::commands::CommandError;
use crate::commands::error::chain;
use crate::commands::rehearse::stage::Stage;
use crate::commands::vote;
use crate::engine::{Clock, State};
use crate::mail::Draft;
use crate::rehearsal::{Mood, Reply, has_mail, mend, replies, reply_id, votes};
use crate::ui::ExitCode;

/// The simulated community.
pub struct Community<'a> {
    stage: &'a Stage,
}

/// The vote mail that is answered.
struct Vote {
    message_id: String,
    subject: String,
    list: Vec<String>,
}

impl<'a> Community<'a> {
    /// The community of this stage.
    pub fn new(stage: &'a Stage) -> Self {
        Self { stage }
    }

    /// Answers the vote, if one is open and was not answered.
    ///
    /// # Errors
    /// When a mail cannot be sent or the mails cannot be read.
    pub fn use_the_time(&self, state: &State) -> Result<(), CommandError> {
        let Some(vote) = open_vote(state) else { return Ok(()) };
        for reply in replies(self.mood(state)) {
            self.answer(&vote, reply)?;
        }
        Ok(())
    }

    /// Counts the answers for the release manager.
    ///
    /// # Errors
    /// When the votes cannot be entered.
    pub fn count(&self, state: &State) -> Result<(), CommandError> {
        let thread = open_vote(state).map(|vote| vote.message_id).unwrap_or_default();
        let votes = votes(self.mood(state), &thread);
        vote::enter(&self.stage.session, state, &votes, self.stage.clock.now()).map(|_| ())
    }

    /// Mends what the vote on the current candidate found.
    ///
    /// # Errors
    /// When git fails.
    pub fn mend(&self, state: &State) -> Result<(), CommandError> {
        let world = &self.stage.world;
        let number = state.candidate.number;
        let fail = |what: String| CommandError::new(ExitCode::Service, what, "the rehearsal can be taken up again");
        let values = self.stage.session.values.of_candidate(number, None)?;
        let branch = |name: &str| values["product"]["git"][name].as_str().unwrap_or_default().to_owned();
        mend(&world.directory, &world.remote(), &branch("main"), &branch("release_branch"), number)
            .map_err(|error| fail(error.to_string()))
    }

    /// Whether the community means to vote this candidate down.
    pub fn alarmed(&self, state: &State) -> bool {
        self.mood(state) == Mood::Alarmed
    }

    fn mood(&self, state: &State) -> Mood {
        if self.stage.world.fail_first_candidate && state.candidate.number == 1 { Mood::Alarmed } else { Mood::Content }
    }

    fn answer(&self, vote: &Vote, reply: &Reply) -> Result<(), CommandError> {
        let stage = self.stage;
        let id = reply_id(&vote.message_id, reply);
        let fail = |what: String| CommandError::new(ExitCode::Service, what, "the rehearsal can be taken up again");
        if has_mail(stage.smtp.store(), &id).map_err(|error| fail(format!("cannot read the mails: {error}")))? {
            return Ok(());
        }
        let draft = Draft {
            from: (reply.name.to_owned(), reply.address.to_owned()),
            to: vote.list.clone(),
            subject: format!("Re: {}", vote.subject),
            body: reply.text.to_owned(),
            message_id: format!("<{id}>"),
            in_reply_to: Some(vote.message_id.clone()),
            references: vec![vote.message_id.clone()],
            date: stage.clock.now(),
        };
        let bytes = draft.format().map_err(|error| fail(chain(&error)))?;
        stage
            .session
            .services
            .relay
            .send(reply.address, &vote.list, &bytes)
            .map_err(|error| fail(format!("{} cannot vote: {}", reply.name, chain(&error))))
    }
}

fn open_vote(state: &State) -> Option<Vote> {
    let outputs = state.outputs();
    if state.step("record-vote", true).is_some_and(crate::engine::StepRecord::settled) {
        return None;
    }
    let sent = outputs.get("send-vote")?;
    let text = |name: &str| sent.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
    let list = sent.get("to")?.as_array()?.iter().filter_map(|to| to.as_str().map(str::to_owned)).collect();
    Some(Vote { message_id: text("message_id")?, subject: text("subject")?, list })
}
