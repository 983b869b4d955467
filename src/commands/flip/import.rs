// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! `quorate flip import`: an index taken over into a registry.

use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::json;

use super::edit::{PageEdit, files_of};
use super::registry::{Registry, Wanted, failed, today};
use super::{Place, json as shapes};
use crate::actions::proposals::IMPORTED;
use crate::commands::CommandError;
use crate::commands::environment::Environment;
use crate::governance::proposals::{Corpus, Imported, Side, SourceRow, plan_import, read_rows};
use crate::services::FileChange;
use crate::ui::{ExitCode, Style, Ui};

/// How many changes are shown one by one.
const SHOWN: usize = 20;

/// Takes an index of proposals over: a page for each, in one commit.
///
/// FILE is a JSON list with a row for each proposal: number, title, page, created, modified,
/// discussion, vote, release, component, state, jira, author. Given again it takes over what
/// changed there; what somebody changed here stays, and what was changed on both sides is
/// shown side by side and not written (exit code 5).
///
///   quorate flip --registry proposals import flips.json
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Args {
    /// The index.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Show what would be taken over, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub fn run(environment: &Environment, place: &Place, args: &Args) -> Result<ExitCode, CommandError> {
    let text = std::fs::read_to_string(&args.file).map_err(|error| {
        CommandError::usage(format!("cannot read {}: {error}", args.file.display()), "it is a JSON list in UTF-8")
    })?;
    let wanted = if args.dry_run { Wanted::There } else { Wanted::Made };
    let scheme = Registry::scheme_of(environment, place)?;
    let rows = read_rows(&scheme, &args.file.display().to_string(), &text).map_err(|faults| {
        let lines: Vec<String> = faults.iter().take(SHOWN).map(ToString::to_string).collect();
        let more = faults.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!("\nand {more} more") } else { String::new() };
        CommandError::usage(
            format!("{}{more}", lines.join("\n")),
            "nothing was taken over; mend these rows and give it again",
        )
    })?;
    let registry = Registry::open(environment, place, wanted)?;
    let _lock = registry.git.lock().map_err(failed)?;
    let corpus = registry.corpus(today(None))?;
    let plan = plan_import(&registry.scheme, &rows, &corpus.pages, &registry.imported()?);
    let commit = if args.dry_run { None } else { write(&registry, &rows, &corpus, &plan)? };
    match args.json {
        true => print_json(environment.ui, &registry, &plan, commit.as_deref()),
        false => print(environment.ui, &registry, &plan, commit.as_deref()),
    }
    Ok(if plan.conflicts.is_empty() { ExitCode::Done } else { ExitCode::Conflict })
}

/// One commit with all that changes; nothing where nothing does.
fn write(
    registry: &Registry,
    rows: &[SourceRow],
    corpus: &Corpus<'_>,
    plan: &Imported,
) -> Result<Option<String>, CommandError> {
    let new = plan.new.iter().map(|page| PageEdit { before: None, after: Some(page.clone()) });
    let changed = plan.changed.iter().map(|planned| {
        let before = corpus.pages.iter().find(|page| page.place == planned.page.place).cloned();
        PageEdit { before, after: Some(planned.page.clone()) }
    });
    let edits: Vec<PageEdit> = new.chain(changed).collect();
    let mut files = files_of(registry, corpus, &edits)?;
    let before = registry.git.read(IMPORTED).map_err(failed)?;
    let lines = plan.base.iter().map(|row| serde_json::to_string(&row).expect("plain data") + "\n");
    let after: String = lines.collect();
    if before.as_deref() != Some(after.as_str()) {
        files.push(FileChange::new(IMPORTED, before, Some(after)));
    }
    files.extend(registry.settings()?);
    if files.is_empty() {
        return Ok(None);
    }
    let message = format!("Import {} proposals: {} new, {} changed\n", rows.len(), plan.new.len(), plan.changed.len());
    registry.git.commit(&files, &message, Timestamp::now()).map(Some).map_err(failed)
}

fn print_json(ui: Ui, registry: &Registry, plan: &Imported, commit: Option<&str>) {
    let new: Vec<_> =
        plan.new.iter().map(|page| json!({"id": page.name(&registry.scheme), "place": page.place})).collect();
    ui.json(&json!({
        "new": new, "changed": shapes::changes(&registry.scheme, &plan.changed), "conflicts": plan.conflicts,
        "same": plan.same, "gone": plan.gone, "commit": commit,
    }));
}

fn print(ui: Ui, registry: &Registry, plan: &Imported, commit: Option<&str>) {
    for planned in plan.changed.iter().take(SHOWN) {
        ui.line(&ui.paint(&planned.page.name(&registry.scheme), Style::Heading));
        for (field, before, after) in &planned.changes {
            ui.line(&format!("  {field}: {} -> {}", or_nothing(before), or_nothing(after)));
        }
    }
    if plan.changed.len() > SHOWN {
        ui.line(&format!("and {} more", plan.changed.len() - SHOWN));
    }
    conflicts(ui, &plan.conflicts, "the index");
    for name in &plan.gone {
        ui.warn(&format!("{name} is not in the index any more; its page stays"));
    }
    let same = plan.same;
    ui.line(&format!(
        "{} new, {} changed, {same} as they were, {} in conflict",
        plan.new.len(),
        plan.changed.len(),
        plan.conflicts.len()
    ));
    match commit {
        Some(commit) => {
            ui.say(&format!("Committed as {} in {}", &commit[..12.min(commit.len())], registry.git.path().display()))
        }
        None => ui.say("Nothing was written."),
    }
}

/// Conflicts, both sides beside each other.
pub fn conflicts(ui: Ui, conflicts: &[Side], other: &str) {
    for side in conflicts {
        ui.line(&format!("{} {}: changed on both sides, and not written", ui.paint("conflict", Style::Bad), side.name));
        ui.line(&format!("  {}, in {}", side.field, side.place));
        ui.line(&format!("    it was    {}", or_nothing(&side.before)));
        ui.line(&format!("    here      {}", or_nothing(&side.here)));
        ui.line(&format!("    {other:<9} {}", or_nothing(&side.there)));
    }
    if !conflicts.is_empty() {
        ui.say("Set the field on one side to what is right; then give the command again.");
    }
}

/// A value, or that there is none.
pub fn or_nothing(value: &str) -> &str {
    if value.is_empty() { "(nothing)" } else { value }
}
