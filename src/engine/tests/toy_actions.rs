// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What steps and checks can do in the toy world.

use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::toy_world::{LAG, Letter, Quirk, ToyWorld};
use crate::engine::{Action, ActionError, Context, Finding, Probe, Probed, Problem, Registry, Reversal};

type Cx<'a> = Context<'a, ToyWorld>;

pub fn registry() -> Registry<ToyWorld> {
    Registry::new()
        .action::<Put>("put")
        .action::<Remove>("remove")
        .action::<Send>("send")
        .action::<Wait>("wait")
        .action::<WaitFor>("wait-for")
        .probe::<FactHolds>("fact-holds")
}

fn unreachable(fact: &str) -> ActionError {
    ActionError::service("the toy service", format!("no answer about {fact}"), "ask again")
}

/// What a quirk comes to where nothing is done.
fn spoilt(quirk: Option<Quirk>, fact: &str) -> Result<(), ActionError> {
    match quirk {
        Some(Quirk::Unreachable) => Err(unreachable(fact)),
        Some(Quirk::Declined) => {
            Err(ActionError::declined("the toy service", format!("{fact} is not taken"), "offer another"))
        }
        Some(Quirk::Refused) => Err(ActionError::refused(format!("{fact} is not wanted"), "want it")),
        Some(Quirk::InTheWay) => Err(ActionError::Conflict { found: "a stone".into(), expected: "a free way".into() }),
        Some(Quirk::BreaksAfterwards | Quirk::Hidden) | None => Ok(()),
    }
}

/// Puts facts, each by an effect of its own; done when all are there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Put {
    facts: Vec<String>,
    value: String,
    #[serde(default)]
    reversal: Back,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum Back {
    Undo,
    #[default]
    Nothing,
    Irreversible,
}

impl Action<ToyWorld> for Put {
    fn summary(&self) -> String {
        format!("Puts {}", self.facts.join(" and "))
    }

    fn document(&self, _cx: &Cx<'_>) -> Result<Option<String>, ActionError> {
        Ok(Some(format!("{} = {}", self.facts.join(", "), self.value)))
    }

    fn problems(&self, cx: &Cx<'_>) -> Result<Vec<Problem>, ActionError> {
        let problems = cx.world.problems.borrow();
        let of = |fact: &String| problems.get(fact).cloned().unwrap_or_default();
        Ok(self.facts.iter().flat_map(of).map(|what| Problem::new(what, format!("mend that {what}"))).collect())
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let mut missing = false;
        for fact in &self.facts {
            let quirk = cx.world.next_at_probe(fact);
            spoilt(quirk, fact)?;
            match cx.world.fact(fact) {
                Some(found) if found != self.value => {
                    return Ok(Probed::Conflict {
                        found: format!("{fact} = {found}"),
                        expected: format!("{fact} = {}", self.value),
                    });
                }
                Some(_) if quirk != Some(Quirk::Hidden) => {}
                _ => missing = true,
            }
        }
        Ok(if missing { Probed::Absent } else { Probed::Done(json!({"value": self.value})) })
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        for fact in &self.facts {
            let quirk = cx.world.next_at_act(fact);
            spoilt(quirk, fact)?;
            if cx.world.fact(fact).is_none() {
                cx.world.effect(format!("put {fact}"), cx.intent, || cx.world.set(fact, &self.value));
            }
            if quirk == Some(Quirk::BreaksAfterwards) {
                return Err(unreachable(fact));
            }
        }
        Ok(json!({"value": self.value}))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        match self.reversal {
            Back::Undo => Reversal::Undo(format!("removes {}", self.facts.join(" and "))),
            Back::Nothing => Reversal::NothingToUndo,
            Back::Irreversible => Reversal::Irreversible("it is carved in stone".into()),
        }
    }

    fn undo(&self, cx: &Cx<'_>, _outputs: &Value) -> Result<(), ActionError> {
        for fact in self.facts.iter().rev() {
            spoilt(cx.world.next_at_act(fact), fact)?;
            if cx.world.fact(fact).is_some() {
                cx.world.effect(format!("undo {fact}"), cx.intent, || {
                    cx.world.facts.borrow_mut().remove(fact);
                });
            }
        }
        Ok(())
    }
}

/// Removes a fact; done when it is not there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Remove {
    fact: String,
}

impl Action<ToyWorld> for Remove {
    fn summary(&self) -> String {
        format!("Removes {}", self.fact)
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        spoilt(cx.world.next_at_probe(&self.fact), &self.fact)?;
        Ok(if cx.world.fact(&self.fact).is_none() { Probed::Done(json!({})) } else { Probed::Absent })
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        spoilt(cx.world.next_at_act(&self.fact), &self.fact)?;
        cx.world.effect(format!("remove {}", self.fact), cx.intent, || {
            cx.world.facts.borrow_mut().remove(&self.fact);
        });
        Ok(json!({}))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::NothingToUndo
    }
}

/// Sends a letter. Nothing keeps a second one from going out but what the intent
/// says, since the archive shows the first only after [`LAG`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Send {
    letter: String,
}

impl Action<ToyWorld> for Send {
    fn summary(&self) -> String {
        format!("Sends {}", self.letter)
    }

    fn problems(&self, cx: &Cx<'_>) -> Result<Vec<Problem>, ActionError> {
        let problems = cx.world.problems.borrow();
        let of = problems.get(&self.letter).cloned().unwrap_or_default();
        Ok(of.into_iter().map(|what| Problem::new(what, format!("mend that {what}"))).collect())
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        spoilt(cx.world.next_at_probe(&self.letter), &self.letter)?;
        let archived =
            |letter: &Letter| letter.token == cx.intent.token && letter.sent.saturating_add(LAG).unwrap() <= cx.now;
        if cx.world.letters.borrow().iter().any(archived) {
            return Ok(Probed::Done(json!({"message": cx.intent.token})));
        }
        let until = cx.world.begun.borrow().get(&cx.intent.token).map_or(cx.intent.at, |begun| *begun) + LAG;
        let sent = cx.world.letters.borrow().iter().find(|letter| letter.token == cx.intent.token).map(|l| l.sent);
        match (&cx.intent.acted, cx.intent.resumed) {
            (Some(_), _) => Ok(Probed::Waiting { until: sent.map(|sent| sent + LAG), why: "it is on its way".into() }),
            (None, true) if cx.now < until => {
                Ok(Probed::Waiting { until: Some(until), why: "it may be on its way".into() })
            }
            (None, _) => Ok(Probed::Absent),
        }
    }

    fn act(&self, cx: &Cx<'_>) -> Result<Value, ActionError> {
        let quirk = cx.world.next_at_act(&self.letter);
        spoilt(quirk, &self.letter)?;
        // A note on one's own desk: when sending began.
        cx.world.begun.borrow_mut().insert(cx.intent.token.clone(), cx.now);
        cx.world.effect(format!("send {}", self.letter), cx.intent, || {
            let letter = Letter { name: self.letter.clone(), token: cx.intent.token.clone(), sent: cx.now };
            cx.world.letters.borrow_mut().push(letter);
        });
        if quirk == Some(Quirk::BreaksAfterwards) {
            return Err(unreachable(&self.letter));
        }
        Ok(json!({"message": cx.intent.token}))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::Irreversible("a letter that was sent stays sent".into())
    }
}

/// Waits for hours since the intention.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wait {
    hours: i64,
}

impl Action<ToyWorld> for Wait {
    fn summary(&self) -> String {
        format!("Waits {} hours", self.hours)
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        let until = cx.intent.at + SignedDuration::from_hours(self.hours);
        if cx.now >= until {
            return Ok(Probed::Done(json!({"until": until})));
        }
        Ok(Probed::Waiting { until: Some(until), why: "votes may come in".into() })
    }

    fn act(&self, _cx: &Cx<'_>) -> Result<Value, ActionError> {
        Err(ActionError::refused("there is nothing to do but to wait", ""))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::NothingToUndo
    }
}

/// Waits for a fact that somebody else puts, and takes any value. With `stuck`
/// it names a time that has passed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WaitFor {
    fact: String,
    #[serde(default)]
    stuck: bool,
}

impl Action<ToyWorld> for WaitFor {
    fn summary(&self) -> String {
        format!("Waits for {}", self.fact)
    }

    fn probe(&self, cx: &Cx<'_>) -> Result<Probed, ActionError> {
        match cx.world.fact(&self.fact) {
            Some(value) => Ok(Probed::Done(json!({"value": value}))),
            None => Ok(Probed::Waiting {
                until: self.stuck.then_some(cx.intent.at),
                why: format!("nobody has put {}", self.fact),
            }),
        }
    }

    fn act(&self, _cx: &Cx<'_>) -> Result<Value, ActionError> {
        Err(ActionError::refused("somebody else does it", ""))
    }

    fn reversal(&self, _outputs: &Value) -> Reversal {
        Reversal::NothingToUndo
    }
}

/// Whether a fact has a value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactHolds {
    fact: String,
    value: String,
}

impl Probe<ToyWorld> for FactHolds {
    fn examine(&self, cx: &Cx<'_>) -> Result<Finding, ActionError> {
        spoilt(cx.world.next_at_probe(&format!("check {}", self.fact)), &self.fact)?;
        Ok(match cx.world.fact(&self.fact) {
            Some(found) if found == self.value => Finding::Holds(format!("{} = {found}", self.fact)),
            found => Finding::Fails(vec![format!("{} = {found:?}, expected {}", self.fact, self.value)]),
        })
    }
}
