// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The guide's parts as Markdown.

use std::fmt::Write as _;
use std::path::Path;

use crate::commands::flip::record::ProposalValues;
use crate::commands::session::{Session, Subject};
use crate::engine::{Effect, Phase, Plan, PlannedCheck, PlannedStep, Preview, Role, StepPreview};
use crate::ui::sentence;

/// Where the records of releases are.
fn state_of(session: &Session) -> Option<&Path> {
    session.directory.parent()?.parent()
}

/// The title, and how the guide is to be read.
pub(super) fn head(session: &Session, plan: &Plan) -> String {
    let values = match &session.values {
        Subject::Release(values) => values,
        Subject::Proposal(values) => return head_of_proposal(session, values),
    };
    let (record, product) = (&values.record, &values.product);
    let (manager, version) = (&record.manager, &record.version);
    let mut text = format!(
        "# {} {version}: release guide\n\nRelease manager: {} <{}>, key {}. Candidate {}.\n",
        product.name, manager.name, manager.email, manager.key, plan.candidate,
    );
    text.push_str(
        "\nEach step shows the command by which this program does it, or notes that it was done, and what a person would\n\
         type to the same end. Either way is found done, but for a mail, a build and the source archive that you made by hand:\n\
         attest these, by `quorate attest STEP --note 'WHAT_YOU_DID'`. Commands are for bash, and each block begins in your clone:\n",
    );
    let mut before = vec![format!("cd '{}'", record.repository)];
    before.extend(state_of(session).map(|state| format!("export QUORATE_STATE='{}'", state.display())));
    before.push(format!("export QUORATE_RELEASE={}/{version}", record.product));
    shell(&mut text, &before);
    let _ = write!(
        text,
        "\nPaths such as `candidates/` and `mails/` are in `{}`.\n\nA word in capitals stands for what is not known yet. \
         `REVISION_OF_STAGE_CANDIDATE` is the revision that the\nstep `stage-candidate` will put out, `NOTE_OF_…` the note \
         that a step is attested with: once a step is done, the guide\nnames what it left, so print it again. Others are \
         yours to fill in: `APACHE_ID`, your account; `WHAT_YOU_FOUND`; the names\nof the voters (the result is shown as if \
         there were three binding +1 and one other). Mails are dated as if they were\nsent now.\n",
        session.directory.display()
    );
    text
}

/// The same, for a proposal.
fn head_of_proposal(session: &Session, values: &ProposalValues) -> String {
    let record = &values.record;
    let title = values.title().unwrap_or_else(|| record.id.clone());
    let mut text = format!(
        "# {title}: guide\n\nCarried on by {} <{}>; the mails go to {}.\n\nEach step shows the command by which this \
         program does it, or notes that it was done. Commands are for bash, and each\nblock begins in the registry:\n",
        record.sender.name, record.sender.email, record.sender.list
    );
    let mut before = vec![format!("cd '{}'", record.registry.display())];
    before.extend(state_of(session).map(|state| format!("export QUORATE_STATE='{}'", state.display())));
    before.push(format!("export QUORATE_RELEASE={}", record.id));
    shell(&mut text, &before);
    let _ = write!(
        text,
        "\nPaths such as `mails/` are in `{}`. A word in capitals stands for what is not known yet.\n",
        session.directory.display()
    );
    text
}

pub(super) fn phase_head(number: usize, phase: &Phase, intro: &str) -> String {
    let mut text = format!("\n## {number}. {}\n", phase.title);
    if !intro.trim().is_empty() {
        let _ = write!(text, "\n{}\n", intro.trim());
    }
    text
}

/// One step.
pub(super) fn step(session: &Session, preview: &Preview, step: &PlannedStep) -> String {
    let mut text = format!("\n### {}\n\n", step.title);
    let by = if step.automated { "The program does it" } else { "You do it" };
    let role = match step.who {
        Role::ReleaseManager => String::new(),
        other => format!(", as {}", other.words()),
    };
    let effect = match step.effect {
        Effect::Local => "",
        Effect::Shared => " · others see it; it can be taken back",
        Effect::Public => " · **public: it cannot be taken back**",
    };
    let _ = writeln!(text, "*{by}{role}{effect}*");
    let Some(item) = find(preview, &step.id) else { return text };
    if !item.guide.trim().is_empty() {
        let _ = write!(text, "\n{}\n", item.guide.trim());
    }
    if !item.summary.is_empty() {
        let _ = write!(text, "\n{}.\n", sentence(&item.summary));
    }
    if step.automated {
        let confirm = match step.effect {
            Effect::Public => format!(" --confirm {}", session.values.confirmed_by()),
            Effect::Local | Effect::Shared => String::new(),
        };
        shell(&mut text, &[format!("quorate run {} --execute{confirm}", step.id)]);
    }
    let mut commands =
        item.file.iter().zip(&item.document).flat_map(|(file, text)| written(file, text)).collect::<Vec<_>>();
    commands.extend(item.commands.iter().cloned());
    if !commands.is_empty() {
        if step.automated {
            text.push_str("\nBy hand:\n");
        }
        shell(&mut text, &commands);
    }
    if !step.automated {
        let _ = write!(text, "\n{}\n", item.question.trim());
        shell(&mut text, &[attest(&step.id)]);
    }
    text
}

/// The checks that close a phase.
pub(super) fn checklist(preview: &Preview, checks: &[PlannedCheck]) -> String {
    let mut text = String::new();
    if !checks.is_empty() {
        text.push_str("\n### Checklist to proceed\n\n");
    }
    for check in checks {
        let how = match (check.probed, check.optional) {
            (true, false) => "proved",
            (true, true) => "proved, optional",
            (false, false) => "asked",
            (false, true) => "asked, optional",
        };
        let command = if check.probed { format!("quorate run {} --execute", check.id) } else { attest(&check.id) };
        let _ = writeln!(text, "- [ ] {} — *{how}:* `{command}`", check.title);
        if let Some(item) = find(preview, &check.id) {
            for line in item.guide.trim().lines().chain(item.question.trim().lines()) {
                let _ = writeln!(text, "{}", format!("  {line}").trim_end());
            }
        }
    }
    text
}

fn attest(id: &str) -> String {
    format!("quorate attest {id} --note 'WHAT_YOU_FOUND'")
}

fn shell(text: &mut String, commands: &[String]) {
    let fence = if commands.iter().any(|command| command.contains("```")) { "~~~~" } else { "```" };
    let _ = write!(text, "\n{fence}sh\n");
    for command in commands {
        let _ = writeln!(text, "{}", command.trim_end());
    }
    let _ = writeln!(text, "{fence}");
}

/// The lines by which a shell writes a text into a file.
fn written(file: &Path, text: &str) -> Vec<String> {
    let directory = file.parent().unwrap_or(Path::new("."));
    let text = text.trim_end().lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    vec![
        format!("mkdir -p '{}'", directory.display()),
        format!("cat > '{}' <<'END_OF_TEXT'\n{text}\nEND_OF_TEXT", file.display()),
    ]
}

fn find<'a>(preview: &'a Preview, id: &str) -> Option<&'a StepPreview> {
    preview.items.iter().find(|item| item.id == id)
}
