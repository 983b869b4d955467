// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a workflow can be used for a release, before anything is recorded:
//! all faults at once, each with its line.

use serde_json::{Map, Value};

use super::CommandError;
use crate::actions::{Services, registry};
use crate::engine::{CheckKind, Phase, Registry, RegistryError, RenderError, Renderer, StepKind, Workflow};

/// Whether every action and probe that the workflow names exists and takes the
/// parameters it is given, and every template that applies to this release can
/// be filled in; `place` names the workflow's file.
///
/// # Errors
/// With each fault as `file:line: what`.
pub fn check_workflow(place: &str, workflow: &Workflow, renderers: &[Renderer]) -> Result<(), CommandError> {
    let mut check = Check { registry: registry(), faults: Vec::new(), unknown: Vec::new() };
    for phase in &workflow.phases {
        check.names(phase);
        check.outputs(workflow, phase);
        for renderer in renderers {
            check.templates(phase, renderer);
        }
    }
    if check.faults.is_empty() {
        return Ok(());
    }
    check.faults.sort();
    check.faults.dedup();
    let mut text = format!("the workflow {place} cannot be used:");
    for (line, fault) in &check.faults {
        text.push_str(&format!("\n  {place}:{line}: {fault}"));
    }
    let mut hint = check.unknown.join("\n      ");
    if hint.is_empty() {
        hint = "docs/release-workflow.md says how a workflow is written, docs/configuration.md which values there are"
            .into();
    }
    Err(CommandError::usage(text, hint))
}

struct Check {
    registry: Registry<Services>,
    faults: Vec<(usize, String)>,
    /// The names there are, once for each kind of name that was wrong.
    unknown: Vec<String>,
}

impl Check {
    fn names(&mut self, phase: &Phase) {
        for step in &phase.steps {
            if let StepKind::Action { name, .. } = &step.kind
                && let Err(error) = self.registry.knows_action(name)
            {
                self.unknown(step.line, &step.id, error);
            }
        }
        for check in &phase.checks {
            if let CheckKind::Probe { name, .. } = &check.kind
                && let Err(error) = self.registry.knows_probe(name)
            {
                self.unknown(check.line, &check.id, error);
            }
        }
    }

    /// The steps whose outputs are read must be there: what is not there counts as
    /// false in a condition, and as yet to be done elsewhere.
    fn outputs(&mut self, workflow: &Workflow, phase: &Phase) {
        let mut look = |line: usize, id: &str, texts: String| {
            for name in step_names(&texts).filter(|name| workflow.step(name).is_none()) {
                self.faults
                    .push((line, format!("`{id}` reads what the step `{name}` left, and there is no such step")));
            }
        };
        let shown = |with: &Map<String, Value>| Value::Object(with.clone()).to_string();
        look(phase.line, &phase.id, [phase.when.as_deref().unwrap_or_default(), &phase.intro].concat());
        for step in &phase.steps {
            let more = match &step.kind {
                StepKind::Action { with, .. } => shown(with),
                StepKind::Person { question, commands, .. } => format!("{question} {}", commands.join(" ")),
            };
            look(step.line, &step.id, [step.when.as_deref().unwrap_or_default(), &step.guide, &more].concat());
        }
        for check in &phase.checks {
            let more = match &check.kind {
                CheckKind::Probe { with, .. } => shown(with),
                CheckKind::Question { question, .. } => question.clone(),
            };
            look(check.line, &check.id, [check.when.as_deref().unwrap_or_default(), &check.guide, &more].concat());
        }
    }

    fn unknown(&mut self, line: usize, id: &str, error: RegistryError) {
        let RegistryError::Unknown { kind, name, known } = error else { return };
        self.faults.push((line, format!("`{id}` names the {kind} `{name}`, which does not exist")));
        let known = format!("the {kind}s are {known}");
        if !self.unknown.contains(&known) {
            self.unknown.push(known);
        }
    }

    fn templates(&mut self, phase: &Phase, renderer: &Renderer) {
        if !self.applies(phase.line, &phase.id, phase.when.as_deref(), renderer) {
            return;
        }
        self.text(phase.line, renderer.text(&phase.id, "intro", &phase.intro));
        for step in &phase.steps {
            if !self.applies(step.line, &step.id, step.when.as_deref(), renderer) {
                continue;
            }
            self.text(step.line, renderer.text(&step.id, "guide", &step.guide));
            match &step.kind {
                StepKind::Action { name, with } => {
                    let registry = &self.registry;
                    let built = |value| registry.build_action(name, value).err();
                    let fault = fault_of(&step.id, with, renderer, built);
                    self.faults.extend(fault.map(|fault| (step.line, fault)));
                }
                StepKind::Person { question, commands, .. } => {
                    self.text(step.line, renderer.text(&step.id, "question", question));
                    for command in commands {
                        self.text(step.line, renderer.text(&step.id, "commands", command));
                    }
                }
            }
        }
        for check in &phase.checks {
            if !self.applies(check.line, &check.id, check.when.as_deref(), renderer) {
                continue;
            }
            self.text(check.line, renderer.text(&check.id, "guide", &check.guide));
            match &check.kind {
                CheckKind::Probe { name, with } => {
                    let registry = &self.registry;
                    let built = |value| registry.build_probe(name, value).err();
                    let fault = fault_of(&check.id, with, renderer, built);
                    self.faults.extend(fault.map(|fault| (check.line, fault)));
                }
                CheckKind::Question { question, .. } => {
                    self.text(check.line, renderer.text(&check.id, "question", question));
                }
            }
        }
    }

    /// Whether an item applies; what cannot be told is a fault.
    fn applies(&mut self, line: usize, id: &str, when: Option<&str>, renderer: &Renderer) -> bool {
        match when.map_or(Ok(true), |when| renderer.holds(id, when)) {
            Ok(applies) => applies,
            Err(error) => {
                self.faults.push((line, in_one_line(&error)));
                false
            }
        }
    }

    fn text(&mut self, line: usize, rendered: Result<String, RenderError>) {
        if let Err(error) = rendered {
            self.faults.push((line, in_one_line(&error)));
        }
    }
}

/// The ids in `steps['id']`.
fn step_names(text: &str) -> impl Iterator<Item = &str> {
    text.split("steps['").skip(1).filter_map(|rest| rest.split_once("']").map(|(name, _)| name))
}

/// What is wrong with an item's parameters, as far as that can be told before
/// the steps that it builds on are done.
fn fault_of(
    id: &str,
    with: &Map<String, Value>,
    renderer: &Renderer,
    built: impl Fn(Value) -> Option<RegistryError>,
) -> Option<String> {
    // A placeholder has no parts: what is wrong with it will show once the step is done.
    let (foreseen, known): (Map<_, _>, Map<_, _>) =
        with.clone().into_iter().partition(|(_, value)| value.to_string().contains("steps"));
    if let Err(error) = renderer.foreseen_parameters(id, &known) {
        return Some(in_one_line(&error));
    }
    let foreseen = !foreseen.is_empty();
    match renderer.foreseen_parameters(id, with) {
        Err(_) => None,
        Ok(parameters) => match built(parameters) {
            Some(RegistryError::Parameters { kind, name, source }) => {
                // Only the names of fields: a placeholder is a text where a list may be wanted.
                let why = source.to_string();
                let fields = why.starts_with("unknown field") || (!foreseen && why.starts_with("missing field"));
                fields.then(|| format!("`{id}`: the {kind} `{name}` takes other parameters: {why}"))
            }
            _ => None,
        },
    }
}

/// An error in a template with its cause, without the cause's excerpt.
fn in_one_line(error: &RenderError) -> String {
    let why = error.source.to_string();
    format!("{error}: {}", why.lines().next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::Assets;
    use crate::engine::{Entry, Event, State, ValueSource};

    /// A product whose website has this repository.
    struct Fixed(&'static str);

    impl ValueSource for Fixed {
        fn values(&self, _: u32, _: Option<&str>) -> Result<Value, String> {
            Ok(json!({ "product": { "maven": null, "website": { "repository": self.0 } } }))
        }
    }

    #[test]
    fn the_vote_mail_takes_the_link_of_a_pull_request_that_a_person_opened() {
        let file = "workflows/release.toml";
        let workflow = Workflow::parse(file, &Assets::default().text(file).unwrap()).unwrap();
        let mut steps = workflow.phases.iter().flat_map(|phase| &phase.steps);
        let send = steps.find(|step| step.id == "send-vote").unwrap();
        let StepKind::Action { with, .. } = &send.kind else { panic!("send-vote is an action") };
        let more = with["more"].as_object().unwrap();
        for (repository, step) in
            [("https://github.com/apache/greeter-web", "website-pull-request"), ("", "website-by-hand")]
        {
            for (note, link) in [
                (
                    "opened by hand: https://github.com/apache/greeter-web/pull/7, see there",
                    "https://github.com/apache/greeter-web/pull/7",
                ),
                ("https://github.com/apache/greeter-web/pull/7", "https://github.com/apache/greeter-web/pull/7"),
                ("Ann opens it tomorrow", ""),
            ] {
                let event = Event::StepAttested { note: note.to_owned() };
                let step = Some(step.to_owned());
                let entry =
                    Entry { seq: 1, at: jiff::Timestamp::UNIX_EPOCH, who: String::new(), candidate: 1, step, event };
                let renderer = Renderer::new(&Fixed(repository), &State::of(&[entry])).unwrap();
                let filled = renderer.parameters("send-vote", more).unwrap();
                assert_eq!(filled, json!({ "maven_staging": "", "website_pull_request": link }), "{note}");
                if !link.is_empty() {
                    let shown = renderer.foreseen_parameters("send-vote", more).unwrap();
                    assert_eq!(shown["website_pull_request"], link, "the guide knows what is known");
                }
            }
            let renderer = Renderer::new(&Fixed(repository), &State::default()).unwrap();
            assert_eq!(renderer.parameters("send-vote", more).unwrap()["website_pull_request"], "", "without the step");
        }
    }
}
