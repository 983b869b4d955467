// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate flip lint`: what is not as it should be.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use super::Place;
use super::edit::{PageEdit, files_of};
use super::import::or_nothing;
use super::registry::{Registry, Wanted, failed, today};
use super::threads::Archives;
use crate::commands::CommandError;
use crate::commands::environment::Environment;
use crate::governance::proposals::Corpus;
use crate::governance::proposals::lint::{Finding, THREADS, Weight, lint, lint_threads, mended, rules};
use crate::ui::{ExitCode, Style, Ui};

/// Looks for what is not as it should be: numbers, titles, links, states, index.
///
/// Exit code 1 where a finding weighs as an error. Each finding has a rule, a place, and what
/// mends it; docs/flip-lint.md says why each rule is there. --fix shows what can be mended for
/// certain; with --execute it is written, as one commit.
///
///   quorate flip lint
///   quorate flip lint --rule link-dead --json
///   quorate flip lint --fix --execute
///   quorate flip lint --online --rule thread-not-there
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// Only this rule; may be given several times.
    #[arg(long, value_name = "RULE")]
    rule: Vec<String>,
    /// Only what weighs at least this much: note, warning, error.
    #[arg(long, value_name = "WEIGHT", value_parser = weight, default_value = "note")]
    weight: Weight,
    /// Ask the list's archive for each thread too: that it is there, and the proposal's own. One
    /// question for each link.
    #[arg(long)]
    online: bool,
    /// How many findings there are of each rule.
    #[arg(long, conflicts_with = "fix")]
    count: bool,
    /// Show what can be mended for certain, as it is and as it becomes.
    #[arg(long)]
    fix: bool,
    /// With --fix: write it.
    #[arg(long, requires = "fix")]
    execute: bool,
    /// As of which day; else today.
    #[arg(long, value_name = "DAY")]
    now: Option<Date>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

fn weight(text: &str) -> Result<Weight, String> {
    let all = [Weight::Note, Weight::Warning, Weight::Error];
    all.into_iter().find(|weight| weight.word() == text).ok_or_else(|| "one of note, warning, error".to_owned())
}

pub fn run(environment: &Environment, place: &Place, args: &Args) -> Result<ExitCode, CommandError> {
    if let Some(unknown) = args.rule.iter().find(|id| rules().iter().all(|rule| rule.id != id.as_str())) {
        let known: Vec<&str> = rules().iter().map(|rule| rule.id).collect();
        return Err(CommandError::usage(
            format!("there is no rule `{unknown}`"),
            format!("one of {}", known.join(", ")),
        ));
    }
    let registry = Registry::open(environment, place, Wanted::There)?;
    let _lock = if args.execute { Some(registry.git.lock().map_err(failed)?) } else { None };
    let corpus = registry.corpus(today(args.now))?;
    let wanted = |finding: &Finding| {
        finding.rule.weight >= args.weight && (args.rule.is_empty() || args.rule.iter().any(|id| id == finding.rule.id))
    };
    let mut all = lint(&corpus);
    if args.online {
        all.extend(online(environment, &corpus)?);
        all.sort_by_key(|finding| (finding.number.is_none(), finding.number));
    }
    let findings: Vec<Finding> = all.into_iter().filter(wanted).collect();
    let ui = environment.ui;
    if args.fix {
        return fix(ui, &registry, &corpus, &findings, args);
    }
    if args.json && args.count {
        ui.json(&counts(&findings));
    } else if args.json {
        ui.json(&findings);
    } else if args.count {
        count(ui, &findings);
    } else {
        findings.iter().for_each(|finding| print(ui, finding));
    }
    if !args.json {
        ui.say(&summary(&findings, corpus.pages.len()));
    }
    let fails = findings.iter().any(|finding| finding.rule.weight == Weight::Error);
    Ok(if fails { ExitCode::DoesNotHold } else { ExitCode::Done })
}

/// What the archive says of the threads. One that cannot be asked ends it: what was not asked is not
/// in order.
fn online(environment: &Environment, corpus: &Corpus<'_>) -> Result<Vec<Finding>, CommandError> {
    let links = corpus.pages.iter().flat_map(|page| THREADS.into_iter().filter_map(|field| page.set(field))).count();
    environment.ui.say(&format!("Asking the archive for up to {links} threads …"));
    let mut archives = Archives::new(corpus.scheme);
    let mut failed = None;
    let findings = lint_threads(corpus, &mut |link| {
        if failed.is_some() {
            return None;
        }
        archives.subject(link).unwrap_or_else(|error| {
            failed = Some(error);
            None
        })
    });
    match failed {
        None => Ok(findings),
        Some(error) => {
            Err(CommandError::from_error(ExitCode::Service, &error, "run it again later, or without --online"))
        }
    }
}

fn print(ui: Ui, finding: &Finding) {
    let style = match finding.rule.weight {
        Weight::Error => Style::Bad,
        Weight::Warning => Style::Warning,
        Weight::Note => Style::Faint,
    };
    let weight = ui.paint(finding.rule.weight.word(), style);
    ui.line(&format!("{}: {weight} {}: {}", finding.place, finding.rule.id, finding.message));
    ui.line(&format!("    {}", finding.fix));
}

fn counts(findings: &[Finding]) -> BTreeMap<&str, usize> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    findings.iter().for_each(|finding| *counts.entry(finding.rule.id).or_default() += 1);
    counts
}

fn count(ui: Ui, findings: &[Finding]) {
    let counts = counts(findings);
    for rule in rules() {
        if let Some(count) = counts.get(rule.id) {
            ui.line(&format!("{count:>5} {:<7} {}", rule.weight.word(), rule.id));
        }
    }
}

fn summary(findings: &[Finding], pages: usize) -> String {
    let of = |weight: Weight| findings.iter().filter(|finding| finding.rule.weight == weight).count();
    let certain = findings.iter().filter(|finding| finding.change.is_some()).count();
    let fix = if certain > 0 { format!("; {certain} can be mended for certain: --fix") } else { String::new() };
    format!(
        "{}: {}, {}, {}{fix}",
        several(pages, "page"),
        several(of(Weight::Error), "error"),
        several(of(Weight::Warning), "warning"),
        several(of(Weight::Note), "note")
    )
}

fn several(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn fix(
    ui: Ui,
    registry: &Registry,
    corpus: &Corpus<'_>,
    findings: &[Finding],
    args: &Args,
) -> Result<ExitCode, CommandError> {
    let mended = mended(corpus, findings);
    let changes: Vec<_> = mended.iter().flat_map(|(_, changes)| changes).collect();
    if args.json {
        ui.json(&changes);
    } else {
        for change in &changes {
            ui.line(&format!("{} {}", change.page, change.field));
            ui.line(&format!("  {} {}", ui.paint("-", Style::Bad), or_nothing(&change.before)));
            ui.line(&format!("  {} {}", ui.paint("+", Style::Good), or_nothing(&change.after)));
        }
    }
    if mended.is_empty() || !args.execute {
        ui.say(&match mended.is_empty() {
            true => "Nothing can be mended for certain.".to_owned(),
            false => format!("{} would change; --execute writes it.", several(mended.len(), "page")),
        });
        return Ok(ExitCode::Done);
    }
    let before = |place: &str| corpus.pages.iter().find(|page| page.place == place).cloned();
    let edits: Vec<PageEdit> =
        mended.iter().map(|(page, _)| PageEdit { before: before(&page.place), after: Some(page.clone()) }).collect();
    let files = files_of(registry, corpus, &edits)?;
    let commit = registry
        .git
        .commit(&files, &format!("Mend {} findings of the lint\n", changes.len()), Timestamp::now())
        .map_err(failed)?;
    ui.say(&format!("Mended: {}, in commit {}.", several(mended.len(), "page"), &commit[..12.min(commit.len())]));
    Ok(ExitCode::Done)
}
