// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate flip set`: fields of a proposal, and its state on evidence.

use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::json;

use super::edit::{PageEdit, files_of, tell_what_stays};
use super::evidence::{Tallied, look_up, read_tally};
use super::import::or_nothing;
use super::list::no_state;
use super::registry::{Registry, Wanted, failed, today};
use super::threads::Archives;
use super::{Place, json as shapes};
use crate::actions::proposals::no_head;
use crate::commands::CommandError;
use crate::commands::environment::Environment;
use crate::governance::proposals::{
    Corpus, Evidence, Field, LinkFault, Page, Proof, StateRule, is_version, jira_fault, link_fault, missing_evidence,
    moves_from, parse_number, taken_up, versions,
};
use crate::release::unfit;
use crate::ui::{ExitCode, Ui};

/// Sets fields of a proposal, and its state.
///
/// Each state wants its evidence: a discussion its thread, a vote its thread, an acceptance a
/// tally that says the vote passed, a release its issue and its version. What is missing is
/// said, with what to give (exit code 1). The tally is that of `quorate vote tally --json`; it
/// is kept beside the pages. The issue is asked for at the tracker, unless --offline.
///
///   quorate flip set 608 --state discussion --discussion https://lists.apache.org/thread/…
///   quorate flip set 608 --state vote --vote https://lists.apache.org/thread/…
///   quorate flip set 608 --state accepted --tally tally.json
///   quorate flip set 608 --state released --jira FLINK-40000 --release 2.4.0
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Which: 42, FLIP-42, or its file's name.
    #[arg(value_name = "NUMBER")]
    number: String,
    /// The state that it comes into.
    #[arg(id = "to_state", long = "state", value_name = "STATE")]
    state: Option<String>,
    /// The thread that discusses it.
    #[arg(long, value_name = "URL")]
    discussion: Option<String>,
    /// The thread of its vote.
    #[arg(long, value_name = "URL")]
    vote: Option<String>,
    /// The vote's tally, as `quorate vote tally --json` prints it.
    #[arg(long, value_name = "FILE", conflicts_with = "result")]
    tally: Option<PathBuf>,
    /// The mail with the vote's result, where there is no tally.
    #[arg(long, value_name = "URL")]
    result: Option<String>,
    /// Its issue.
    #[arg(long, value_name = "KEY")]
    jira: Option<String>,
    #[command(flatten)]
    of: super::Facts,
    /// The proposal that stands in its place.
    #[arg(long, value_name = "NUMBER")]
    superseded_by: Option<String>,
    /// A field that is to say nothing any more: release, jira, component, discussion, vote, result, why; may be
    /// given several times.
    #[arg(long, value_name = "FIELD", value_parser = unset_field)]
    unset: Vec<Field>,
    /// Why it is withdrawn or rejected; with --correct why its state was wrong.
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
    /// Correct a state that was never right: neither order nor evidence is asked for.
    #[arg(long, requires_all = ["why", "to_state"])]
    correct: bool,
    /// Take a vote's thread that another proposal has too: one vote was on both.
    #[arg(long)]
    shared: bool,
    /// Ask the list's archive for the threads that are given: that they are there, and this
    /// proposal's.
    #[arg(long, conflicts_with = "offline")]
    online: bool,
    /// Push the commit to the registry's remote.
    #[arg(long)]
    push: bool,
    /// Do not ask the tracker for the issue.
    #[arg(long)]
    offline: bool,
    /// The tracker's address; else the scheme's.
    #[arg(long, value_name = "URL")]
    tracker: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hidden: super::NoStateDirectory,
}

/// Those that may be empty.
const MAY_BE_UNSET: [Field; 9] = [
    Field::Release,
    Field::Jira,
    Field::Component,
    Field::Discussion,
    Field::Vote,
    Field::Result,
    Field::SupersededBy,
    Field::Author,
    Field::Why,
];

fn unset_field(text: &str) -> Result<Field, String> {
    let known = || MAY_BE_UNSET.map(Field::key).join(", ");
    Field::of_key(text).filter(|field| MAY_BE_UNSET.contains(field)).ok_or_else(|| format!("one of {}", known()))
}

pub fn run(environment: &Environment, place: &Place, args: &Args) -> Result<ExitCode, CommandError> {
    let registry = Registry::open(environment, place, Wanted::There)?;
    let _lock = registry.git.lock().map_err(failed)?;
    let corpus = registry.corpus(today(None))?;
    let page = registry.one(&corpus.pages, &args.number)?;
    if !page.has_head() {
        return Err(failed(no_head(page)));
    }
    let tallied = args.tally.as_deref().map(|file| read_tally(&registry, page, file)).transpose()?;
    let fields = fields(args, tallied.as_ref());
    let to = args
        .state
        .as_deref()
        .map(|name| corpus.scheme.state(name).ok_or_else(|| no_state(&registry, name)))
        .transpose()?;
    if fields.is_empty() && to.is_none() {
        return Err(CommandError::usage("nothing is to be set", "--state STATE, --discussion URL, --jira KEY, …"));
    }
    fit(&corpus, page, &fields, args)?;
    let after = fields.iter().fold(page.clone(), |page, (field, value)| page.with(corpus.scheme, *field, value));
    if let Some(tallied) = &tallied
        && let Some(what) = tallied.read.fault(corpus.scheme, &after).filter(|_| !args.correct)
    {
        let hint = "nothing was written; give the tally of this proposal's own vote";
        return Err(CommandError::new(ExitCode::DoesNotHold, format!("the tally: {what}"), hint));
    }
    keeps_evidence(&corpus, page, &after, to, args)?;
    if let Some(to) = to {
        follows(&corpus, page, &after, to, tallied.as_ref(), args)?;
    }
    if args.online {
        let mut archives = Archives::new(corpus.scheme);
        for (field, link) in fields.iter().filter(|(field, _)| matches!(field, Field::Discussion | Field::Vote)) {
            archives.demand(page, *field, link)?;
        }
    }
    let asks = args.jira.is_some() || to.is_some_and(|to| to.needs.contains(&Evidence::Jira));
    if asks && !args.offline && !args.correct {
        look_up(environment, &registry, &after, args.tracker.as_deref())?;
    }
    let after = to.map_or(after.clone(), |to| after.with(corpus.scheme, Field::State, &to.id));
    let after = taken_up(corpus.scheme, page, after);
    let changes = changes(page, &after);
    if changes.is_empty() && tallied.as_ref().is_none_or(|tallied| tallied.file.before == tallied.file.after) {
        // what an earlier command committed may be here alone
        let pushed = if args.push { push(&registry)? } else { None };
        if !args.json {
            environment.ui.say("All of it is so already.");
        }
        return tell(
            environment.ui,
            &registry,
            page,
            &changes,
            &Written { commit: None, pushed, tally: None },
            args.json,
        );
    }
    let tally = tallied.as_ref().and_then(Tallied::replaced);
    let commit = write(&registry, &corpus, page, &after, tallied, &changes)?;
    tell_what_stays(environment.ui, &registry, &[&page.place])?;
    let pushed = if args.push { push(&registry)? } else { None };
    tell(environment.ui, &registry, page, &changes, &Written { commit: Some(commit), pushed, tally }, args.json)
}

/// Sets issue and version of a proposal; whether they were others.
pub fn name_release(
    environment: &Environment,
    place: &Place,
    number: u32,
    jira: &str,
    release: &str,
) -> Result<bool, CommandError> {
    let registry = Registry::open(environment, place, Wanted::There)?;
    let _lock = registry.git.lock().map_err(failed)?;
    let corpus = registry.corpus(today(None))?;
    let page = registry.one(&corpus.pages, &number.to_string())?;
    if !page.has_head() {
        return Err(failed(no_head(page)));
    }
    let after = page.with(corpus.scheme, Field::Jira, jira).with(corpus.scheme, Field::Release, release);
    look_up(environment, &registry, &after, None)?;
    let changes = changes(page, &after);
    if !changes.is_empty() {
        write(&registry, &corpus, page, &after, None, &changes)?;
    }
    Ok(!changes.is_empty())
}

fn fields(args: &Args, tallied: Option<&Tallied>) -> Vec<(Field, String)> {
    let given = [
        (Field::Discussion, args.discussion.clone()),
        (Field::Vote, args.vote.clone()),
        (Field::Result, args.result.clone().or_else(|| tallied.map(|tallied| tallied.file.place.clone()))),
        (Field::Jira, args.jira.clone()),
        (Field::Release, args.of.release.clone()),
        (Field::Component, args.of.component.clone()),
        (Field::Author, args.of.author.clone()),
        (Field::SupersededBy, args.superseded_by.clone()),
        (Field::Why, args.why.clone()),
    ];
    let given = given.into_iter().filter_map(|(field, value)| Some((field, value?.trim().to_owned())));
    given.chain(args.unset.iter().map(|field| (*field, String::new()))).collect()
}

/// That a state does not lose the evidence that it had, and no vote is its own discussion.
fn keeps_evidence(
    corpus: &Corpus<'_>,
    page: &Page,
    after: &Page,
    to: Option<&StateRule>,
    args: &Args,
) -> Result<(), CommandError> {
    let vote = after.set(Field::Vote).filter(|_| args.vote.is_some() || args.discussion.is_some());
    if vote.is_some() && vote == after.set(Field::Discussion) {
        let hint = "a vote has a thread of its own, with [VOTE] in its subject";
        return Err(CommandError::usage("the vote's thread is that of the discussion", hint));
    }
    let Some(state) = page.state(corpus.scheme).filter(|_| to.is_none() && !args.correct && !args.unset.is_empty())
    else {
        return Ok(());
    };
    let lacks = |page: &Page| missing_evidence(corpus.scheme, page, state, &Proof::of(corpus, page, None));
    let had = lacks(page);
    match lacks(after).into_iter().find(|missing| had.iter().all(|other| other.evidence != missing.evidence)) {
        None => Ok(()),
        Some(missing) => Err(CommandError::new(
            ExitCode::DoesNotHold,
            format!("{} is `{}`, and would have {}", page.name(corpus.scheme), state.id, missing.what),
            "nothing was written; give another value, or with --correct take the evidence off a state that is wrong too",
        )),
    }
}

/// That each value can be what it is given as.
fn fit(corpus: &Corpus<'_>, page: &Page, fields: &[(Field, String)], args: &Args) -> Result<(), CommandError> {
    for (field, value) in fields {
        if let Some(why) = unfit(value) {
            return Err(CommandError::usage(format!("--{field} {why}"), ""));
        }
        if value.is_empty() {
            if args.unset.contains(field) {
                continue;
            }
            return Err(CommandError::usage(format!("--{field} is empty"), format!("--unset {field} takes it off")));
        }
        if *field == Field::Release
            && let Some(odd) = versions(value).find(|one| !is_version(one))
        {
            return Err(CommandError::usage(
                format!("--release {value}: `{odd}` is no version"),
                "give it by its numbers, 2.4.0; several with commas; --unset release takes it off",
            ));
        }
        if *field == Field::Jira
            && let Some(what) = jira_fault(corpus.scheme, value)
        {
            return Err(CommandError::usage(format!("--jira: {what}"), "give the key as the tracker shows it"));
        }
        let successor = parse_number(corpus.scheme, value).filter(|_| *field == Field::SupersededBy);
        if let (Some(successor), Some(own)) = (successor, page.number())
            && successor != own
            && Proof::of(corpus, page, None).leads(successor, own)
        {
            return Err(CommandError::usage(
                format!("--superseded-by {value}: that one is superseded by this, at the end"),
                "one of them must stand; `quorate flip show` says of each by which it is superseded",
            ));
        }
        let is_link =
            matches!(field, Field::Discussion | Field::Vote) || (*field == Field::Result && args.tally.is_none());
        let fault = link_fault(corpus.scheme, value).filter(|_| is_link);
        let what = match fault {
            Some(LinkFault::NoAddress) => "is no address".to_owned(),
            Some(LinkFault::NoThread) => "leads to no thread".to_owned(),
            Some(LinkFault::Damaged(what)) => format!("leads to no thread: {what}"),
            Some(LinkFault::Dead(_)) => "is in an archive that is gone".to_owned(),
            _ => continue,
        };
        let hint = "open the thread at lists.apache.org and copy its address: https://lists.apache.org/thread/…";
        return Err(CommandError::usage(format!("--{field} {value} {what}"), hint));
    }
    own_vote(corpus, page, args)
}

/// That a vote's thread is not another proposal's.
fn own_vote(corpus: &Corpus<'_>, page: &Page, args: &Args) -> Result<(), CommandError> {
    let Some(link) = args.vote.as_deref().map(str::trim).filter(|_| !args.shared) else { return Ok(()) };
    let other = corpus.pages.iter().find(|other| other.place != page.place && other.set(Field::Vote) == Some(link));
    match other {
        None => Ok(()),
        Some(other) => Err(CommandError::new(
            ExitCode::Conflict,
            format!("that is the vote of {}, by {}", other.name(corpus.scheme), other.place_of(Field::Vote)),
            "give the thread of its own vote; where one vote was on both, --shared",
        )),
    }
}

/// That the state may follow, and that its evidence is there.
fn follows(
    corpus: &Corpus<'_>,
    page: &Page,
    after: &Page,
    to: &StateRule,
    tallied: Option<&Tallied>,
    args: &Args,
) -> Result<(), CommandError> {
    if args.correct {
        return Ok(());
    }
    let name = page.name(corpus.scheme);
    let Some(from) = page.state(corpus.scheme) else {
        let hint = "see the threads and the round-up; --correct --why TEXT sets it";
        return Err(CommandError::new(ExitCode::DoesNotHold, format!("the state of {name} is not known"), hint));
    };
    let next = moves_from(corpus.scheme, from);
    if from.id != to.id && next.iter().all(|state| state.id != to.id) {
        let next: Vec<&str> = next.iter().map(|state| state.id.as_str()).collect();
        return Err(CommandError::new(
            ExitCode::DoesNotHold,
            match next.is_empty() {
                true => format!("{name} is `{}`; nothing comes after that, and not `{}`", from.id, to.id),
                false => format!("{name} is `{}`; after that come {}, and not `{}`", from.id, next.join(", "), to.id),
            },
            "go through the states in their order; --correct --why TEXT mends one that was never right",
        ));
    }
    let given = tallied.map(|tallied| Ok(tallied.read.clone()));
    let proof = Proof::of(corpus, after, given);
    let missing: Vec<String> = missing_evidence(corpus.scheme, after, to, &proof)
        .into_iter()
        .map(|missing| format!("\n  {}", missing.what))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let what = format!("{name} cannot be `{}` yet:{}", to.id, missing.concat());
    Err(CommandError::new(ExitCode::DoesNotHold, what, "nothing was written"))
}

fn changes(before: &Page, after: &Page) -> Vec<(Field, String, String)> {
    let value = |page: &Page, field| page.get(field).unwrap_or_default().to_owned();
    let all = Field::ALL.into_iter().map(|field| (field, value(before, field), value(after, field)));
    all.filter(|(_, before, after)| before != after).collect()
}

fn write(
    registry: &Registry,
    corpus: &Corpus<'_>,
    page: &Page,
    after: &Page,
    tallied: Option<Tallied>,
    changes: &[(Field, String, String)],
) -> Result<String, CommandError> {
    let after = after.with(corpus.scheme, Field::Modified, &corpus.today.to_string());
    let mut files = files_of(registry, corpus, &[PageEdit { before: Some(page.clone()), after: Some(after) }])?;
    let mut what: Vec<String> =
        changes.iter().map(|(field, _, after)| format!("{field} {}", or_nothing(after))).collect();
    if let Some(Tallied { read, file }) = tallied.filter(|tallied| tallied.file.before != tallied.file.after) {
        what.push(format!("tally {}", read.summary()));
        files.push(file);
    }
    let message = format!("{}: {}\n", page.name(corpus.scheme), what.join(", "));
    registry.git.commit(&files, &message, Timestamp::now()).map_err(failed)
}

/// A commit, and the remote that it was pushed to.
struct Written {
    commit: Option<String>,
    pushed: Option<String>,
    /// The tally that another one replaced, and that one.
    tally: Option<(String, String)>,
}

/// Pushes what is committed; the remote.
fn push(registry: &Registry) -> Result<Option<String>, CommandError> {
    let path = registry.git.path().display();
    let Some(remote) = registry.git.remote().map_err(failed)? else {
        return Err(CommandError::usage(
            format!("the change is committed in {path}, which has no remote to push to"),
            "`git remote add origin ADDRESS` there, and `git push`",
        ));
    };
    let branch = registry.git.branch().map_err(failed)?;
    match registry.git.push(&remote).map_err(failed)? {
        true => Ok(Some(remote)),
        false => Err(CommandError::new(
            ExitCode::Conflict,
            format!("the change is committed here, and not pushed: {remote} has commits that are not here"),
            format!("`git -C {path} pull --rebase {remote} {branch}`, then this again with --push"),
        )),
    }
}

fn tell(
    ui: Ui,
    registry: &Registry,
    page: &Page,
    changes: &[(Field, String, String)],
    written: &Written,
    json: bool,
) -> Result<ExitCode, CommandError> {
    let name = page.name(&registry.scheme);
    if json {
        let fields: Vec<_> =
            changes.iter().map(|(field, before, after)| shapes::change(*field, before, after)).collect();
        ui.json(&json!({"id": name, "place": page.place, "changes": fields, "tally": written.tally.as_ref().map(|(before, after)| json!({"before": before, "after": after})), "commit": written.commit, "pushed": written.pushed}));
        return Ok(ExitCode::Done);
    }
    for (field, before, after) in changes {
        ui.line(&format!("{name} {field}: {} -> {}", or_nothing(before), or_nothing(after)));
    }
    if let Some((before, after)) = &written.tally {
        ui.line(&format!("{name} tally: {before} -> {after}"));
    }
    match (&written.pushed, registry.git.remote().map_err(failed)?) {
        (Some(remote), _) if written.commit.is_none() => ui.say(&format!("What is committed here is at {remote}.")),
        (_, _) if written.commit.is_none() => {}
        (Some(remote), _) => ui.say(&format!("It is committed, and pushed to {remote}.")),
        (None, Some(remote)) => ui.say(&format!(
            "It is committed here and not pushed: `git push {remote}` gives it to others, or --push the next time."
        )),
        (None, None) => {}
    }
    Ok(ExitCode::Done)
}
