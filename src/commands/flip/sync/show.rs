// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Showing what a sync comes to.

use serde_json::{Value, json};

use super::plan::SyncPlan;
use crate::commands::flip::import::{conflicts, or_nothing};
use crate::commands::flip::registry::Registry;
use crate::governance::proposals::{FieldChange, Side};
use crate::ui::{Style, Ui};

/// The differences, page by page.
pub fn plan(ui: Ui, registry: &Registry, plan: &SyncPlan) {
    let changes = |name: &str, where_to: &str, changes: &[FieldChange]| {
        if !changes.is_empty() {
            ui.line(&format!("{name}, {where_to}"));
        }
        for change in changes {
            ui.line(&format!(
                "  {:<11} {} {}",
                change.field.key(),
                ui.paint("-", Style::Bad),
                or_nothing(&change.before)
            ));
            ui.line(&format!("  {:<11} {} {}", "", ui.paint("+", Style::Good), or_nothing(&change.after)));
        }
    };
    for pair in &plan.pairs {
        let name = pair.page.name(&registry.scheme);
        changes(
            &name,
            &format!("there (page {}, version {})", pair.sheet.place, pair.sheet.revision),
            &pair.compared.there,
        );
        changes(&name, &format!("here ({})", pair.page.place), &pair.compared.here);
    }
    for page in &plan.new_there {
        ui.line(&format!("{}, new there: {}", page.name(&registry.scheme), page.title()));
    }
    for (page, sheet) in &plan.new_here {
        ui.line(&format!(
            "{}, new here ({}), from page {}: {}",
            page.name(&registry.scheme),
            page.place,
            sheet.place,
            page.title()
        ));
    }
    let sides: Vec<Side> = plan.conflicts().cloned().collect();
    conflicts(ui, &sides, "there");
    for pair in plan.texts_apart() {
        ui.line(&format!(
            "{}: the text there has other words than {}; texts are not synced, and stay on both sides",
            pair.page.name(&registry.scheme),
            pair.page.place
        ));
    }
    for (name, what) in plan.problems() {
        ui.warn(&format!("{name}: {what}"));
    }
}

/// What became of it.
pub fn end(ui: Ui, plan: &SyncPlan, agreed: bool, commit: Option<&str>) {
    match (plan.is_empty(), agreed) {
        (true, false) => ui.say("Nothing is to be written."),
        (_, false) => ui.say("Nothing was written; --execute writes it."),
        (_, true) => ui.say("Written."),
    }
    if let Some(commit) = commit {
        ui.say(&format!("Committed here as {}.", &commit[..12.min(commit.len())]));
    }
}

/// All of it as JSON.
pub fn json(ui: Ui, registry: &Registry, plan: &SyncPlan, agreed: bool, commit: Option<&str>) {
    let side = |pick: fn(&super::plan::Pair) -> &Vec<FieldChange>| -> Vec<Value> {
        let changed = plan.pairs.iter().filter(|pair| !pick(pair).is_empty());
        changed
            .map(|pair| json!({"id": pair.page.name(&registry.scheme), "place": pair.page.place, "page": pair.sheet.place, "changes": pick(pair)}))
            .collect()
    };
    let new_there: Vec<Value> =
        plan.new_there.iter().map(|page| json!({"id": page.name(&registry.scheme), "place": page.place})).collect();
    let new_here: Vec<Value> = plan
        .new_here
        .iter()
        .map(|(page, sheet)| json!({"id": page.name(&registry.scheme), "place": page.place, "page": sheet.place}))
        .collect();
    let texts: Vec<String> = plan.texts_apart().map(|pair| pair.page.name(&registry.scheme)).collect();
    let problems: Vec<Value> = plan.problems().map(|(of, what)| json!({"of": of, "what": what})).collect();
    ui.json(&json!({
        "there": side(|pair| &pair.compared.there), "here": side(|pair| &pair.compared.here), "new_there": new_there,
        "new_here": new_here, "conflicts": plan.conflicts().collect::<Vec<_>>(), "problems": problems, "texts_differ": texts,
        "written": agreed, "commit": commit,
    }));
}
