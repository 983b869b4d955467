// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Writes a text for a person to use: a blog post, a note for the board's report.
//! Afterwards it is in the workspace, as the template gives it.
//!
//! A text that a person has changed is theirs: it is never overwritten.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Services;
use crate::engine::{Action, ActionError, Composed, Context, Probed, Problem, Reversal};
use crate::release::Sha512;
use crate::services::WorkspaceError;

/// A text to prepare.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrepareText {
    /// The template's name under `templates/`, without `.j2`.
    template: String,
    /// The file in the workspace.
    file: String,
    /// What the template is filled in from.
    values: Map<String, Value>,
    /// Values that stand before those in `values`.
    #[serde(default)]
    more: Map<String, Value>,
}

type Cx<'a> = Context<'a, Services>;

impl Action<Services> for PrepareText {
    fn summary(&self) -> String {
        format!("writes {} from the template {}", self.file, self.template)
    }

    fn composed(&self, cx: &Cx<'_>) -> Result<Option<Composed>, ActionError> {
        Ok(Some(Composed { file: cx.world.workspace.path(&self.file), text: self.text(cx)? }))
    }

    fn problems(&self, cx: &Cx<'_>) -> Result<Vec<Problem>, ActionError> {
        let problem = self.text(cx).err();
        Ok(problem.map(|error| Problem::new(error.to_string(), error.hint().unwrap_or_default())).into_iter().collect())
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let Some(bytes) = cx.world.workspace.read(&self.file).map_err(unusable)? else { return Ok(Probed::Absent) };
        let text = self.text(cx)?;
        if bytes == text.as_bytes() {
            return Ok(Probed::Done(self.output(&bytes)));
        }
        Ok(Probed::Conflict {
            found: format!("another text in {}", cx.world.workspace.path(&self.file).display()),
            expected: "what the template gives; if you have edited it, attest the step, else remove the file"
                .to_owned(),
        })
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        let text = self.text(cx)?;
        cx.world.workspace.write(&self.file, text.as_bytes()).map_err(unusable)?;
        Ok(self.output(text.as_bytes()))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Undo(format!("removes {}, unless it was edited", self.file))
    }

    fn undo(&self, cx: &Cx<'_>, outputs: &Value) -> Result<(), ActionError> {
        let Some(bytes) = cx.world.workspace.read(&self.file).map_err(unusable)? else { return Ok(()) };
        if outputs["sha512"] != json!(Sha512::of(&bytes)) {
            return Err(ActionError::refused(
                format!("{} was edited since it was written", self.file),
                "remove it yourself if it is not needed",
            ));
        }
        cx.world.workspace.remove(&self.file).map_err(unusable)
    }
}

impl PrepareText {
    fn text(&self, cx: &Cx<'_>) -> Result<String, ActionError> {
        let mut values = self.values.clone();
        values.extend(self.more.clone());
        let name = format!("{}.j2", self.template);
        cx.world.templates.render(&name, &Value::Object(values)).map_err(|error| {
            ActionError::misconfigured(
                error.to_string(),
                format!("correct templates/{name}, or the values that it is given"),
            )
        })
    }

    fn output(&self, bytes: &[u8]) -> Value {
        json!({ "file": self.file, "sha512": Sha512::of(bytes) })
    }
}

fn unusable(error: WorkspaceError) -> ActionError {
    ActionError::service("the workspace", error, "see that it can be read and written")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::offline;
    use crate::engine::Intent;

    #[test]
    fn is_written_found_again_kept_when_edited_and_taken_back() {
        let place = tempfile::tempdir().unwrap();
        let world = offline(place.path());
        let intent =
            Intent { at: jiff::Timestamp::UNIX_EPOCH, token: "abc".into(), acted: None, resumed: false, anew: false };
        let cx = Context { world: &world, intent: &intent, now: intent.at };
        let with = json!({"template": "text.md", "file": "texts/blog.md", "values": {"version": "3.3"}, "more": {"version": "3.4"}});
        let action: PrepareText = serde_json::from_value(with).unwrap();
        assert_eq!(action.document(&cx).unwrap().unwrap(), "Version 3.4\n");
        assert_eq!(action.probe(&cx).unwrap(), Probed::Absent);
        let output = action.act(&cx).unwrap();
        assert_eq!(output, json!({"file": "texts/blog.md", "sha512": Sha512::of(b"Version 3.4\n")}));
        assert_eq!(action.probe(&cx).unwrap(), Probed::Done(output.clone()));
        let file = place.path().join("texts/blog.md");
        std::fs::write(&file, "edited").unwrap();
        assert!(matches!(action.probe(&cx).unwrap(), Probed::Conflict { .. }));
        assert!(matches!(action.undo(&cx, &output), Err(ActionError::Refused { .. })));
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "edited");
        std::fs::write(&file, "Version 3.4\n").unwrap();
        action.undo(&cx, &output).unwrap();
        assert!(!file.exists());
        action.undo(&cx, &output).unwrap();
    }

    #[test]
    fn a_missing_value_is_a_problem() {
        let place = tempfile::tempdir().unwrap();
        let world = offline(place.path());
        let intent =
            Intent { at: jiff::Timestamp::UNIX_EPOCH, token: "abc".into(), acted: None, resumed: false, anew: false };
        let cx = Context { world: &world, intent: &intent, now: intent.at };
        let with = json!({"template": "text.md", "file": "texts/blog.md", "values": {}});
        let problems = serde_json::from_value::<PrepareText>(with).unwrap().problems(&cx).unwrap();
        assert!(problems[0].what.contains("version"), "{problems:?}");
    }
}
