// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What to say where somebody names a step or check that there is not.

use super::halt::DriverError;
use super::workflow::Workflow;

/// From how many edits on two names have nothing to do with each other.
const TOO_FAR: usize = 4;

impl Workflow {
    /// Why there is nothing to do about `id`, and what may have been meant.
    pub fn no_such_item(&self, id: &str) -> DriverError {
        let refused = |what: String, hint: String| DriverError::Refused { what, hint };
        if self.phases.iter().any(|phase| phase.id == id) {
            return refused(
                format!("`{id}` is a phase, and no step or check"),
                format!("`quorate run --to {id}` goes on until it is completed"),
            );
        }
        let condition = |when: &Option<String>, says: &Option<String>| {
            says.clone().or_else(|| when.as_ref().map(|when| format!("when {when}")))
        };
        let of_step = self.step(id).map(|(phase, step)| (phase, condition(&step.when, &step.when_says)));
        let of_check = || self.check(id).map(|(phase, check)| (phase, condition(&check.when, &check.when_says)));
        if let Some((phase, own)) = of_step.or_else(of_check) {
            let conditions: Vec<String> =
                [condition(&phase.when, &phase.when_says), own].into_iter().flatten().collect();
            let condition = match conditions.is_empty() {
                true => "while its phase is at work".into(),
                false => conditions.join(" and "),
            };
            // What is asked of another step's outputs is for the workflow's author to read.
            let what = match condition.split("steps['").nth(1).and_then(|rest| rest.split('\'').next()) {
                Some(step) => format!("`{id}` does not apply now: whether it does is settled by `{step}`"),
                None => format!("`{id}` does not apply now: it does {condition}"),
            };
            return refused(what, "`quorate status --all` lists what applies".into());
        }
        let near = self.names_like(id);
        let hint = if near.is_empty() {
            "`quorate status --all` lists them".into()
        } else {
            format!("did you mean `{}`?", near.join("` or `"))
        };
        refused(format!("there is no step or check `{id}`"), hint)
    }

    fn names_like(&self, id: &str) -> Vec<&str> {
        let all = self.phases.iter().flat_map(|phase| {
            let steps = phase.steps.iter().map(|step| step.id.as_str());
            steps.chain(phase.checks.iter().map(|check| check.id.as_str()))
        });
        let mut near: Vec<(usize, &str)> = all
            .map(|name| (if name.contains(id) || id.contains(name) { 0 } else { strsim::levenshtein(id, name) }, name))
            .filter(|(distance, _)| !id.is_empty() && *distance < TOO_FAR)
            .collect();
        near.sort_by_key(|(distance, _)| *distance);
        near.into_iter().take(3).map(|(_, name)| name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_guessed_and_what_does_not_apply_says_when_it_does() {
        let text = "format = 1\nid = 'x'\ntitle = 'X'\n[[phase]]\nid = 'build'\ntitle = 'B'\n\
            [[phase.step]]\nid = 'tag-candidate'\ntitle = 'T'\nperson = true\neffect = 'local'\nwhen = \"kind == 'bugfix'\"\n";
        let workflow = Workflow::parse("x.toml", text).unwrap();
        let said = |id: &str| match workflow.no_such_item(id) {
            DriverError::Refused { what, hint } => format!("{what}; {hint}"),
            other => panic!("{other}"),
        };
        assert_eq!(said("tag-candidat"), "there is no step or check `tag-candidat`; did you mean `tag-candidate`?");
        assert_eq!(said("tga-candidate"), "there is no step or check `tga-candidate`; did you mean `tag-candidate`?");
        assert_eq!(said("xyz"), "there is no step or check `xyz`; `quorate status --all` lists them");
        assert!(said("build").contains("--to build"));
        assert!(said("tag-candidate").contains("when kind == 'bugfix'"));
        let worded = Workflow::parse("x.toml", &format!("{text}when_says = 'for bugfix releases only'\n")).unwrap();
        let DriverError::Refused { what, .. } = worded.no_such_item("tag-candidate") else { panic!() };
        assert_eq!(what, "`tag-candidate` does not apply now: it does for bugfix releases only");
    }
}
