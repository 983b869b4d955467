// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.
//! The guide's parts as Markdown.

use std::fmt::Write as _;

use crate::commands::session::Session;
use crate::engine::{Effect, Phase, Plan, PlannedCheck, PlannedStep, Preview, Role, StepPreview};
use crate::ui::sentence;

/// The title, and how the guide is to be read.
pub(super) fn head(session: &Session, plan: &Plan) -> String {
    let values = &session.values;
    let (record, product) = (&values.record, &values.product);
    let (manager, version) = (&record.manager, &record.version);
    let mut text = format!(
        "# {} {version}: release guide\n\nRelease manager: {} <{}>, key {}. Candidate {}.\n",
        product.name, manager.name, manager.email, manager.key, plan.candidate,
    );
    let _ = write!(
        text,
        "\nFor each step stands the command by which the program does it or notes it, and what a person would type to the \
         same end.\nEither way is found done. Commands are for bash, in your clone:\n\n```sh\ncd {}\nexport QUORATE_RELEASE={}/{version}\n```\n",
        record.repository, record.product
    );
    text.push_str(
        "\nA word in capitals stands for what is not known yet. `REVISION_OF_STAGE_CANDIDATE` is the revision that the step\n\
         `stage-candidate` will put out, `NOTE_OF_…` the note that you attest a step with; the guide names them once the\n\
         step is done: print it again. Others are yours to fill in: `APACHE_ID`, your account; `OUTDATED_VERSION`, `FLINK_VERSION`\n\
         and their like; the voters' names. Mails are dated as if they were sent now.\n",
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
            Effect::Public => format!(" --confirm {}", session.values.record.version),
            Effect::Local | Effect::Shared => String::new(),
        };
        shell(&mut text, &[format!("quorate run {} --execute{confirm}", step.id)]);
    }
    if !item.commands.is_empty() {
        if step.automated {
            text.push_str("\nBy hand:\n");
        }
        shell(&mut text, &item.commands);
    }
    if let Some(document) = &item.document {
        let _ = write!(text, "\nThe text:\n\n~~~~text\n{}\n~~~~\n", lines(document));
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
    text.push_str("\n```sh\n");
    for command in commands {
        let _ = writeln!(text, "{}", command.trim_end());
    }
    text.push_str("```\n");
}

/// The document, without blanks at the ends of its lines.
fn lines(document: &str) -> String {
    document.trim_end().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn find<'a>(preview: &'a Preview, id: &str) -> Option<&'a StepPreview> {
    preview.items.iter().find(|item| item.id == id)
}
