// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Showing a mail before it is sent, asking, and having the engine send it, once.

use inquire::Confirm;

use super::correspondence::Correspondence;
use crate::commands::CommandError;
use crate::commands::again::begin_anew;
use crate::commands::desk::Desk;
use crate::commands::environment::Environment;
use crate::commands::halt;
use crate::engine::{Clock, Doer, Goal, Halt, Preview, Renderer, StepPreview};
use crate::mail::{Draft, Kind, lint};
use crate::ui::{Approver, ExitCode, Progress};

/// How a mail is agreed to.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Agreement {
    /// Send without asking; the mail is shown all the same.
    #[arg(long)]
    pub execute: bool,
    /// An earlier attempt to send it did not happen: how you know where the program
    /// cannot. The mail is then dated and numbered anew.
    #[arg(long, value_name = "HOW-YOU-KNOW")]
    pub again: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// The mail is in the archive; where none can be asked, the relay has it.
    Yes,
    /// Nobody agreed, and nothing was done.
    No,
    /// It is under way, or something is in the way; the exit code says what.
    Halted(ExitCode),
}

impl Sent {
    /// What a script sees.
    pub fn code(self) -> ExitCode {
        match self {
            Self::Yes | Self::No => ExitCode::Done,
            Self::Halted(code) => code,
        }
    }
}

/// Shows the mail of the last of `steps`, asks, and carries the steps out.
///
/// # Errors
/// When the mail is not fit to be sent, or the record cannot be written.
pub fn send(
    desk: &Desk<'_>,
    correspondence: &Correspondence,
    steps: &[&str],
    agreement: &Agreement,
) -> Result<Sent, CommandError> {
    let Some(last) = steps.last() else { return Ok(Sent::No) };
    let begun = correspondence.state.step(last, false).is_some_and(|record| record.intention.is_some());
    // What was agreed to and interrupted goes on as it was: nothing new is decided.
    if !begun || agreement.again.is_some() {
        let preview = preview(correspondence, last, desk.clock)?;
        if !agreed(desk.environment, preview.document.as_deref().unwrap_or_default(), agreement)? {
            return Ok(Sent::No);
        }
    }
    carry(desk, correspondence, steps, agreement.again.as_deref())
}

/// Carries out steps that were agreed to; `again` begins the last of them anew.
///
/// # Errors
/// When the record cannot be written.
pub fn carry(
    desk: &Desk<'_>,
    correspondence: &Correspondence,
    steps: &[&str],
    again: Option<&str>,
) -> Result<Sent, CommandError> {
    let ui = desk.environment.ui;
    let (journal, state) = correspondence.journal(desk)?;
    let mut progress = Progress::new(ui);
    let mut driver = correspondence.driver(desk, journal, state, &mut progress);
    let goal: Vec<String> = steps.iter().map(|&step| step.to_owned()).collect();
    if let (Some(why), Some(last)) = (again, goal.last()) {
        begin_anew(ui, &mut driver, std::slice::from_ref(last), Some(why), true)?;
    }
    // Consent was given to the text itself; the engine wants a name typed for what is public.
    let name = correspondence.directory.display().to_string();
    let mut approver = Approver::new(ui, name.clone(), Some(&name));
    let halted = driver.advance(&Goal::Items(goal), &mut approver)?;
    Ok(match halted {
        Halt::GoalReached | Halt::Completed => Sent::Yes,
        other => Sent::Halted(halt::report(ui, &other)),
    })
}

/// What a step would send, fit to be sent.
fn preview(correspondence: &Correspondence, step: &str, clock: &dyn Clock) -> Result<StepPreview, CommandError> {
    let renderer =
        Renderer::new(&correspondence.values, &correspondence.state).map_err(|error| CommandError::usage(error, ""))?;
    let doer = Doer { registry: &correspondence.registry, world: &correspondence.services, now: clock.now() };
    let preview = Preview::of(&correspondence.workflow, &correspondence.state, &renderer, &doer)?;
    let found = preview.items.into_iter().find(|item| item.id == step);
    let item = found.ok_or_else(|| CommandError::usage(format!("the workflow has no step `{step}`"), ""))?;
    let Some((head, body)) = item.document.as_deref().and_then(|text| text.split_once("\n\n")) else {
        return Err(CommandError::usage(
            format!("the mail of `{step}` cannot be composed"),
            "see whether templates/mail/ of --assets fits this version of the program",
        ));
    };
    let subject = head.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap_or_default();
    let sender = &correspondence.values.sender;
    let draft = Draft {
        from: (sender.name.clone(), sender.email.clone()),
        to: vec![sender.list.clone()],
        subject: subject.to_owned(),
        body: body.to_owned(),
        message_id: String::new(),
        in_reply_to: None,
        references: Vec::new(),
        date: clock.now(),
    };
    let faults: Vec<String> = lint(&draft, Kind::Discussion).iter().map(ToString::to_string).collect();
    if faults.is_empty() {
        return Ok(item);
    }
    Err(CommandError::usage(
        format!("the mail is not fit to be sent: {}", faults.join("; ")),
        "nothing was sent; write the text otherwise",
    ))
}

/// Shows the text; whether it may be sent.
pub fn agreed(environment: &Environment, text: &str, agreement: &Agreement) -> Result<bool, CommandError> {
    let ui = environment.ui;
    if !agreement.execute && !ui.interactive() {
        ui.data(text);
        ui.say("Nothing was sent: without a terminal, --execute sends it.");
        return Ok(false);
    }
    text.lines().for_each(|line| ui.say(format!("  │ {line}").trim_end()));
    if agreement.execute {
        return Ok(true);
    }
    ui.say("  This goes to others and cannot be taken back.");
    match Confirm::new("Send it?").with_default(false).prompt() {
        Ok(true) => Ok(true),
        _ => {
            ui.say("Nothing was sent.");
            Ok(false)
        }
    }
}
