// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate vote enter`: the votes on the current candidate, as a person counted them.

use jiff::Timestamp;
use serde_json::Value;

use crate::commands::CommandError;
use crate::commands::attest::wanted;
use crate::commands::environment::Environment;
use crate::commands::error::chain;
use crate::commands::session::{Session, write_session};
use crate::engine::{Clock, Effect, State, StepRecord, SystemClock, Workflow};
use crate::governance::{BallotBox, Ballots, Decision, Outcome, VotingPeriod};
use crate::mail::is_link;
use crate::release::has_no_width;
use crate::ui::ExitCode;

/// Enters the votes on the current candidate, by name, and says what they come to.
///
/// Binding votes are those of PMC members. The whole vote is entered at once, when
/// it has been open long enough by the date of its mail, and replaces what was
/// entered before; the step `record-vote` takes it into the record. Where the
/// program can read the vote's thread it counts for itself, and a person does so only for
/// a reason (--why). Exit code 1 when
/// the vote does not pass by the rule, 3 while it still runs.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A PMC member who votes +1.
    #[arg(long, value_name = "NAME")]
    plus: Vec<String>,
    /// A PMC member who votes 0.
    #[arg(long, value_name = "NAME")]
    zero: Vec<String>,
    /// A PMC member who votes -1.
    #[arg(long, value_name = "NAME")]
    minus: Vec<String>,
    /// Somebody else who votes +1.
    #[arg(long, value_name = "NAME")]
    non_binding_plus: Vec<String>,
    /// Somebody else who votes 0.
    #[arg(long, value_name = "NAME")]
    non_binding_zero: Vec<String>,
    /// Somebody else who votes -1.
    #[arg(long, value_name = "NAME")]
    non_binding_minus: Vec<String>,
    /// Nobody voted.
    #[arg(long, conflicts_with_all = ["plus", "zero", "minus", "non_binding_plus", "non_binding_zero", "non_binding_minus"])]
    nobody: bool,
    /// A link to the vote's thread; else the vote mail's Message-ID.
    #[arg(long, value_name = "URL", default_value = "")]
    thread: String,
    /// Why a person counts, where the program could read the thread: the archive is gone.
    #[arg(long, value_name = "TEXT", default_value = "")]
    why: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(environment: &Environment, args: Args) -> Result<ExitCode, CommandError> {
    let json = args.json;
    let nobody = args.nobody;
    let votes = BallotBox {
        binding: Ballots {
            plus: names("--plus", args.plus)?,
            zero: names("--zero", args.zero)?,
            minus: names("--minus", args.minus)?,
        },
        non_binding: Ballots {
            plus: names("--non-binding-plus", args.non_binding_plus)?,
            zero: names("--non-binding-zero", args.non_binding_zero)?,
            minus: names("--non-binding-minus", args.non_binding_minus)?,
        },
        thread: thread(&args.thread)?,
        why: args.why.trim().to_owned(),
    };
    if !nobody && votes.binding == Ballots::default() && votes.non_binding == Ballots::default() {
        return Err(CommandError::usage("no votes were given", "--plus NAME for each; --nobody where nobody voted"));
    }
    let (session, _journal, state) = write_session(environment)?;
    let decision = enter(&session, &state, &votes, SystemClock.now())?;
    if json {
        environment
            .ui
            .json(&serde_json::json!({"votes": votes, "outcome": decision.outcome, "reasons": decision.reasons}));
    } else {
        for reason in &decision.reasons {
            environment.ui.line(reason);
        }
        let word = if decision.outcome == Outcome::Passed { "passes" } else { "does not pass" };
        environment.ui.line(&format!("The vote on candidate {} {word}.", state.candidate.number));
    }
    Ok(if decision.outcome == Outcome::Passed { ExitCode::Done } else { ExitCode::DoesNotHold })
}

/// Names without blanks around them or several between, that can stand in a RESULT mail.
fn names(option: &str, given: Vec<String>) -> Result<Vec<String>, CommandError> {
    let name = |given: &String| {
        let name = given.split_whitespace().collect::<Vec<_>>().join(" ");
        wanted(option, &name)?;
        match name.contains(['[', ']', '<', '>']) || name.contains("://") || name.contains(has_no_width) {
            true => Err(CommandError::usage(
                format!("{option} {name:?} is no name"),
                "nothing was recorded; a person's name alone, as the RESULT mail is to have it",
            )),
            false => Ok(name),
        }
    };
    given.iter().map(name).collect()
}

/// The link to the thread, which the mails after the vote have in them; it may be left out.
fn thread(given: &str) -> Result<String, CommandError> {
    let link = given.trim();
    match link.is_empty() || is_link(link) && !link.contains(char::is_whitespace) {
        true => Ok(link.to_owned()),
        false => Err(CommandError::usage(
            format!("--thread {link:?} is no link"),
            "nothing was recorded; one address that begins with https://, or leave it out",
        )),
    }
}

/// Leaves the votes where the step `record-vote` finds them.
///
/// # Errors
/// When somebody votes twice, the vote still runs, the votes are recorded already,
/// or they cannot be written.
pub fn enter(session: &Session, state: &State, votes: &BallotBox, now: Timestamp) -> Result<Decision, CommandError> {
    votes.check().map_err(|error| CommandError::usage(error.to_string(), "each person votes once, under one kind"))?;
    let number = state.candidate.number;
    if state.candidate.cancelled.is_some() {
        return Err(CommandError::usage(
            format!("candidate {number} is cancelled: nothing is voted on"),
            "`quorate status` shows where the release stands",
        ));
    }
    if state.step("send-vote", true).is_none_or(|record| !record.settled()) {
        return Err(CommandError::usage(
            format!("the vote on candidate {number} is not open"),
            "`quorate run send-vote` opens it",
        ));
    }
    if state.step("record-vote", true).is_some_and(StepRecord::settled) {
        return Err(CommandError::usage(
            format!("the votes on candidate {number} are in the record already"),
            counted(&session.workflow, state),
        ));
    }
    if session.values.product.vote.is_some() && session.services.archive.is_some() && votes.why.is_empty() {
        return Err(CommandError::usage(
            "the votes of this product are read from the vote's thread",
            "`quorate vote tally` counts them, `quorate vote rule` settles a mail of which it cannot tell; where the \
             archive is gone, --why TEXT says so",
        ));
    }
    let context = session.values.of_candidate(number, None)?;
    demand_end(state, &context, now)?;
    let file = context["workspace"]["votes"].as_str().expect("a text").to_owned();
    let bytes = serde_json::to_vec_pretty(votes).expect("plain data");
    session
        .services
        .workspace
        .write(file, &bytes)
        .map_err(|error| CommandError::new(ExitCode::Service, chain(&error), "make the state directory writable"))?;
    Ok(votes.decide())
}

/// What can be done about votes that are in the record: nothing, once others were told.
fn counted(workflow: &Workflow, state: &State) -> String {
    let steps = workflow.phases.iter().flat_map(|phase| &phase.steps);
    let mut built = steps.filter(|step| step.needs.iter().any(|need| need == "record-vote"));
    let told = built.find(|step| {
        let record = state.step(&step.id, step.per_candidate);
        step.effect == Effect::Public && record.is_some_and(|record| record.settled() || record.intention.is_some())
    });
    match told {
        None => "`quorate undo record-vote` takes them out, to enter them again".into(),
        Some(step) => format!(
            "`{}` has told the list that the vote is over: what was counted stands, and a later vote does not count; \
             where the count was wrong, say so on the list, and `quorate cancel-candidate --why \"…\"` ends the \
             candidate",
            step.id
        ),
    }
}

/// Votes that are counted while others may still come in would be recorded as the
/// whole vote later on.
fn demand_end(state: &State, context: &Value, now: Timestamp) -> Result<(), CommandError> {
    let outputs = state.outputs();
    let date = outputs.get("send-vote").and_then(|sent| sent.get("date")).and_then(Value::as_str);
    let Some(opened) = date.and_then(|date| date.parse().ok()) else { return Ok(()) };
    let hours = context["product"]["waits"]["vote_hours"].as_u64().unwrap_or_default();
    let period = VotingPeriod { opened, hours: u32::try_from(hours).unwrap_or(u32::MAX) };
    match period.still_runs(now) {
        Some(why) => Err(CommandError::new(
            ExitCode::Waiting,
            why,
            "enter the votes then; `quorate cancel-candidate` ends it earlier where the candidate must not be released",
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::engine::{Entry, Event};

    #[test]
    fn what_no_result_mail_can_have_is_refused() {
        let given = |name: &str| names("--plus", vec![name.to_owned()]);
        assert_eq!(given("  Ann \t Example ").unwrap(), ["Ann Example"]);
        for name in ["", "  ", "[1]", "Ann <ann@example.org>", "https://example.org/ann", "Ann\u{200b}", "Ann\u{1b}[1m"]
        {
            let error = given(name).unwrap_err();
            assert_eq!(error.code, ExitCode::Usage, "{name:?}: {error}");
            assert!(error.to_string().contains("--plus"), "{name:?}: {error}");
        }
        for link in ["", " ", " https://lists.example.org/thread/abc "] {
            assert_eq!(thread(link).unwrap(), link.trim());
        }
        for link in ["lists.example.org/abc", "javascript:alert(1)", "https://", "https://example.org/a b", "see above"]
        {
            let error = thread(link).unwrap_err();
            assert!(error.to_string().contains("is no link"), "{link}: {error}");
        }
    }

    #[test]
    fn votes_are_not_entered_while_others_may_still_come_in() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let sent = Event::StepDone { outputs: json!({"date": "2026-11-20T17:30:00Z"}), already: false };
        let step = Some("send-vote".to_owned());
        // Found in the archive later: what counts is the mail's own date.
        let entry =
            Entry { seq: 1, at: at("2026-11-22T08:00:00Z"), who: String::new(), candidate: 1, step, event: sent };
        let state = State::of(&[entry]);
        let context = json!({"product": {"waits": {"vote_hours": 72}}});
        let error = demand_end(&state, &context, at("2026-11-23T17:29:59Z")).unwrap_err();
        assert!(error.to_string().contains("the vote runs until 2026-11-23 17:30 UTC"), "{error}");
        demand_end(&state, &context, at("2026-11-23T17:30:00Z")).unwrap();
    }

    #[test]
    fn counted_votes_can_be_taken_out_until_others_are_told() {
        let file = "workflows/release.toml";
        let workflow = Workflow::parse(file, &crate::config::Assets::default().text(file).unwrap()).unwrap();
        let at: Timestamp = "2026-11-24T08:00:00Z".parse().unwrap();
        let done = |seq, id: &str| Entry {
            seq,
            at,
            who: String::new(),
            candidate: 1,
            step: Some(id.to_owned()),
            event: Event::StepDone { outputs: json!({}), already: false },
        };
        let hint = counted(&workflow, &State::of(&[done(1, "record-vote")]));
        assert!(hint.contains("`quorate undo record-vote`"), "{hint}");
        let hint = counted(&workflow, &State::of(&[done(1, "record-vote"), done(2, "close-vote")]));
        assert!(!hint.contains("undo") && hint.contains("`close-vote` has told the list"), "{hint}");
    }

    #[test]
    fn names_and_threads_are_taken_as_they_can_stand_in_the_result() {
        assert_eq!(names("--plus", vec!["  Ann   Example ".into()]).unwrap(), ["Ann Example"]);
        for wrong in ["", " ", "Ann <ann@example.org>", "[Ann]", "https://example.org/ann", "?"] {
            let refused = names("--plus", vec!["Bob Example".into(), wrong.into()]).unwrap_err();
            assert!(refused.what.contains("--plus"), "{wrong:?}: {refused}");
            assert!(refused.code == ExitCode::Usage && refused.hint.is_some(), "{wrong:?}: {refused}");
        }
        for right in ["", "  ", "https://lists.example.org/thread/x"] {
            assert_eq!(thread(right).unwrap(), right.trim());
        }
        for wrong in ["the list", "https://a.example.org and more", "lists.example.org/thread/x", "<id@example.org>"] {
            let refused = thread(wrong).unwrap_err();
            assert!(refused.what.contains("is no link") && refused.code == ExitCode::Usage, "{wrong:?}: {refused}");
        }
    }
}
