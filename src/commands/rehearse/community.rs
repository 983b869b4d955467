// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the community of a rehearsal does while time passes: it answers the
//! vote by mail, over SMTP like everybody; and what its release manager makes of
//! the mails of which no program can tell.

use jiff::Timestamp;
use serde_json::Value;

use crate::actions::Services;
use crate::actions::tracker::Decision;
use crate::commands::CommandError;
use crate::commands::error::chain;
use crate::commands::issues;
use crate::commands::rehearse::stage::Stage;
use crate::commands::vote::{self, current};
use crate::engine::{Clock, Driver, State, StepRecord};
use crate::rehearsal::{
    Letter, Mood, VoteMail, first_look, has_mail, late_letter, letters, mend, publish_images, verdicts, votes,
};
use crate::ui::ExitCode;

/// The simulated community.
pub struct Community<'a> {
    stage: &'a Stage,
}

impl<'a> Community<'a> {
    /// The community of this stage.
    pub fn new(stage: &'a Stage) -> Self {
        Self { stage }
    }

    /// Uses the time until `until`: answers the vote, if one is open, each mail once. Gives the
    /// time until which it was used: where a vote begins, the community looks at it once before
    /// its end.
    ///
    /// # Errors
    /// When a mail cannot be sent or the mails cannot be read.
    pub fn use_the_time(&self, state: &State, until: Timestamp) -> Result<Timestamp, CommandError> {
        let Some(vote) = vote_mail(state) else { return Ok(until) };
        if state.step(current::RECORDS, true).is_some_and(StepRecord::settled) {
            if let Some(closed) = date_of(state, "close-vote") {
                let letter = late_letter();
                let date = closed + jiff::SignedDuration::from_hours(letter.hour.into());
                self.send(&vote, letter, date)?;
            }
            return Ok(until);
        }
        let look = first_look(&vote, until);
        let used = if self.stage.clock.now() < look { look } else { until };
        for letter in letters(self.mood(state)) {
            let date = letter.date(&vote, until);
            if date <= used {
                self.send(&vote, letter, date)?;
            }
        }
        Ok(used)
    }

    /// Has the release manager rule on the mails of which no program can tell; counts for them
    /// where the product says that a person does. Whether there was something to do.
    ///
    /// # Errors
    /// When nothing can be recorded.
    pub fn weigh(&self, driver: &mut Driver<'_, Services>) -> Result<bool, CommandError> {
        let Some(vote) = vote_mail(&driver.state) else { return Ok(false) };
        let session = &self.stage.session;
        if session.values.release()?.product.vote.is_none() {
            let votes = votes(self.mood(&driver.state), &vote.message_id);
            vote::enter(session, &driver.state, &votes, self.stage.clock.now())?;
            return Ok(true);
        }
        let Some(kept) = current::last_read(session, &driver.state)? else { return Ok(false) };
        let mut ruled = false;
        for letter in letters(self.mood(&driver.state)) {
            let id = letter.id(&vote);
            let shown = kept.tally.review.iter().any(|review| review.message_id == id);
            let verdict = verdicts().into_iter().find(|(key, ..)| *key == letter.key).filter(|_| shown);
            if let Some((_, verdict, why)) = verdict
                && driver.state.rulings_on(current::RECORDS, true).all(|(about, _)| about != id)
            {
                driver.rule(current::RECORDS, &id, verdict, why)?;
                ruled = true;
            }
        }
        Ok(ruled)
    }

    /// Has the release manager decide on open issues and on findings in the notes. Whether there
    /// was something to decide.
    ///
    /// # Errors
    /// When the tracker cannot be asked, or nothing can be recorded.
    pub fn decide(&self, driver: &mut Driver<'_, Services>) -> Result<bool, CommandError> {
        let session = &self.stage.session;
        let mut decided = false;
        if let Some(read) = issues::open_issues(session, &driver.state)? {
            // an earlier run may have ended in the midst of them
            let before = driver.state.rulings_on(issues::TRIAGE, false).count();
            for (issue, nth) in read.undecided.iter().zip(before..) {
                // the first is done and nobody closed it; the last may stay open
                let (decision, why) = match nth {
                    0 => (Decision::Resolve, "Merged last week, and nobody closed it (simulated)"),
                    1 => (Decision::Keep, "Users can live with it until the next release (simulated)"),
                    _ => (Decision::Move, "It can wait (simulated)"),
                };
                driver.rule(issues::TRIAGE, &issue.key, &decision.to_string(), why)?;
                decided = true;
            }
        }
        if let Some(read) = issues::notes(session, &driver.state)? {
            for finding in &read.open {
                driver.rule(
                    issues::NOTES,
                    &finding.id(),
                    issues::ACCEPTED,
                    "Looked at in the rehearsal (simulated)",
                )?;
                decided = true;
            }
        }
        Ok(decided)
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

    /// Builds and pushes the images of a release whose Dockerfiles are merged, where the registry is a
    /// real one. Whether there was one to push.
    ///
    /// # Errors
    /// When an image cannot be made or pushed.
    pub fn publish_images(&self, state: &State) -> Result<bool, CommandError> {
        let world = &self.stage.world;
        let Some(address) = world.image_registry() else { return Ok(false) };
        let values = self.stage.session.values.of_candidate(state.candidate.number, None)?;
        let docker = &values["product"]["docker"];
        let name = docker["image"].as_str().unwrap_or_default();
        let tags = docker["tags"].as_array().into_iter().flatten();
        let tags: Vec<String> = tags.filter_map(|tag| tag.as_str().map(str::to_owned)).collect();
        let published =
            publish_images(&world.stand_ins(), &world.servers(), &address, name, &tags).map_err(|error| {
                CommandError::from_error(ExitCode::Service, &error, "the rehearsal can be taken up again")
            })?;
        Ok(published > 0)
    }

    /// Whether the community means to vote this candidate down.
    pub fn alarmed(&self, state: &State) -> bool {
        self.mood(state) == Mood::Alarmed
    }

    fn mood(&self, state: &State) -> Mood {
        if self.stage.world.fail_first_candidate && state.candidate.number == 1 { Mood::Alarmed } else { Mood::Content }
    }

    fn send(&self, vote: &VoteMail, letter: &Letter, date: Timestamp) -> Result<(), CommandError> {
        let stage = self.stage;
        let fail = |what: String| CommandError::new(ExitCode::Service, what, "the rehearsal can be taken up again");
        let store = stage.smtp.store();
        if has_mail(store, &letter.id(vote)).map_err(|error| fail(format!("cannot read the mails: {error}")))? {
            return Ok(());
        }
        let relay = &stage.session.services.relay;
        relay
            .send(letter.address, &vote.list, &letter.bytes(vote, date))
            .map_err(|error| fail(format!("{} cannot vote: {}", letter.name, chain(&error))))?;
        stage.mail_came().map(drop)
    }
}

/// The mail that called the vote on the current candidate.
fn vote_mail(state: &State) -> Option<VoteMail> {
    let outputs = state.outputs();
    let sent = outputs.get(current::CALLS)?;
    let text = |name: &str| sent.get(name).and_then(Value::as_str).map(str::to_owned);
    let list = sent.get("to")?.as_array()?.iter().filter_map(|to| to.as_str().map(str::to_owned)).collect();
    let date = text("date")?.parse().ok()?;
    Some(VoteMail { message_id: text("message_id")?, subject: text("subject")?, list, date })
}

/// The date of the mail that a step sent.
fn date_of(state: &State, step: &str) -> Option<Timestamp> {
    state.outputs().get(step)?.get("date")?.as_str()?.parse().ok()
}
