// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Filling in templates and asking `when` expressions, over the values of the
//! release and the outputs of the steps that are done.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use minijinja::value::{Enumerator, Object, Serde};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value as Jinja};
use serde_json::{Map, Value, json};

use super::foreseen::{Foresight, Unknowns, placeholder};
use super::state::State;

/// Where the release's own values come from.
pub trait ValueSource {
    /// The values (an object) for a candidate, and why it was cancelled, if it was.
    ///
    /// # Errors
    /// When the configuration cannot be filled in; the text says where.
    fn values(&self, candidate: u32, cancelled: Option<&str>) -> Result<Value, String>;
}

/// A template or expression that cannot be filled in.
#[derive(Debug, thiserror::Error)]
#[error("`{item}`: {place} cannot be filled in: {template}")]
pub struct RenderError {
    /// The step, check or phase.
    pub item: String,
    /// `with.names[0]`, `when`, `guide`.
    pub place: String,
    /// What stands there.
    pub template: String,
    /// What is wrong with it.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// What stands for an output that is not there yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unknown {
    /// An error.
    Refused,
    /// A readable placeholder: `REVISION_OF_STAGE_CANDIDATE`.
    Named,
}

/// The name of everything: the release's values, and `steps` with their outputs.
const EVERYTHING: &str = "all";

/// For templates: what is not there is an error.
static STRICT: LazyLock<Environment<'static>> = LazyLock::new(|| environment(UndefinedBehavior::Strict));

/// For conditions: what is not there is false.
static LENIENT: LazyLock<Environment<'static>> = LazyLock::new(|| environment(UndefinedBehavior::Chainable));

/// Templates and expressions over one state.
pub struct Renderer {
    values: Value,
    outputs: Map<String, Value>,
    /// The contexts as the templates take them: a plan asks for them a hundred times.
    known: OnceCell<Jinja>,
    foreseen: OnceCell<Jinja>,
    foresight: Arc<Mutex<Foresight>>,
    /// What conditions take for an output that is not there.
    conditions: Unknown,
}

impl Renderer {
    /// A renderer over the state.
    ///
    /// # Errors
    /// When the release's values cannot be had.
    pub fn new(source: &dyn ValueSource, state: &State) -> Result<Self, String> {
        let candidate = &state.candidate;
        let mut values = source.values(candidate.number, candidate.cancelled.as_deref())?;
        if let Some(values) = values.as_object_mut() {
            let cancelled = state.cancelled.iter().map(|(number, why)| json!({ "number": number, "why": why }));
            values.insert("cancelled_candidates".into(), cancelled.collect());
            values.insert("rulings".into(), Value::Object(state.rulings()));
        }
        let outputs = state.outputs();
        let foresight = Foresight { outputs: outputs.clone(), unknown: Unknowns::default() };
        Ok(Self {
            values,
            outputs,
            known: OnceCell::new(),
            foreseen: OnceCell::new(),
            foresight: Arc::new(Mutex::new(foresight)),
            conditions: Unknown::Refused,
        })
    }

    /// A renderer over a state that is only supposed: it foresees what this one
    /// does, and what is foreseen counts in its conditions.
    ///
    /// # Errors
    /// When the release's values cannot be had.
    pub fn supposing(&self, source: &dyn ValueSource, state: &State) -> Result<Self, String> {
        Ok(Self { foresight: self.foresight.clone(), conditions: Unknown::Named, ..Self::new(source, state)? })
    }

    /// Takes in what the step `id` will put out, unless it is known.
    pub(super) fn foresee(&self, id: &str, foreseen: impl FnOnce(&mut Unknowns) -> Map<String, Value>) {
        let mut foresight = lock(&self.foresight);
        if foresight.outputs.contains_key(id) {
            return;
        }
        let mut outputs = foreseen(foresight.unknown.of_step(id));
        let at = Value::String(foresight.unknown.time("at"));
        outputs.entry("at").or_insert(at);
        foresight.outputs.insert(id.to_owned(), Value::Object(outputs));
    }

    /// The text with names in the place of what stands in for the unknown.
    pub(super) fn named(&self, text: &str) -> String {
        lock(&self.foresight).unknown.named(text)
    }

    /// A step's or check's `with`, filled in. A string that is one `{{ … }}`
    /// keeps the type of its value.
    ///
    /// # Errors
    /// When a value is not there.
    pub fn parameters(&self, item: &str, with: &Map<String, Value>) -> Result<Value, RenderError> {
        self.fill(item, "with", &Value::Object(with.clone()), Unknown::Refused)
    }

    /// Like [`parameters`](Self::parameters), with placeholders for the outputs
    /// of steps that are not done yet.
    ///
    /// # Errors
    /// When a value of the release is not there.
    pub fn foreseen_parameters(&self, item: &str, with: &Map<String, Value>) -> Result<Value, RenderError> {
        self.fill(item, "with", &Value::Object(with.clone()), Unknown::Named)
    }

    /// A text for a person, with placeholders for what is not known yet.
    ///
    /// # Errors
    /// When it is no template, or a value of the release is not there.
    pub fn text(&self, item: &str, place: &str, template: &str) -> Result<String, RenderError> {
        STRICT
            .render_str(template, self.jinja(Unknown::Named))
            .map(|text| self.named(&text))
            .map_err(|error| render_error(item, place, template, error))
    }

    /// Whether the expression is true; what is not there is false.
    ///
    /// # Errors
    /// When it is no expression.
    pub fn holds(&self, item: &str, expression: &str) -> Result<bool, RenderError> {
        LENIENT
            .compile_expression(expression)
            .and_then(|compiled| compiled.eval(self.jinja(self.conditions)))
            .map(|value| value.is_true())
            .map_err(|error| render_error(item, "when", expression, error))
    }

    fn jinja(&self, unknown: Unknown) -> Jinja {
        let kept = match unknown {
            Unknown::Refused => &self.known,
            Unknown::Named => &self.foreseen,
        };
        kept.get_or_init(|| self.make_context(unknown)).clone()
    }

    fn make_context(&self, unknown: Unknown) -> Jinja {
        let steps = match unknown {
            Unknown::Refused => Jinja::from(Serde(&self.outputs)),
            Unknown::Named => Jinja::from_object(Foreseen { foresight: self.foresight.clone() }),
        };
        let mut context: HashMap<String, Jinja> = HashMap::new();
        if let Value::Object(values) = &self.values {
            context.extend(values.iter().map(|(name, value)| (name.clone(), Jinja::from(Serde(value)))));
        }
        context.insert("steps".into(), steps);
        let all = Jinja::from(context.clone());
        context.insert(EVERYTHING.into(), all);
        Jinja::from(context)
    }

    /// What `all` stands for, as many a text is filled in from it: a copy, without the way
    /// through the templates' own values.
    fn everything(&self, unknown: Unknown) -> Value {
        let mut all = self.values.as_object().cloned().unwrap_or_default();
        let steps = match unknown {
            Unknown::Refused => self.outputs.clone(),
            Unknown::Named => lock(&self.foresight).outputs.clone(),
        };
        all.insert("steps".into(), Value::Object(steps));
        Value::Object(all)
    }

    fn fill(&self, item: &str, place: &str, node: &Value, unknown: Unknown) -> Result<Value, RenderError> {
        Ok(match node {
            Value::String(text) => match whole_expression(text) {
                Some(expression) => self.evaluate(item, place, text, expression, unknown)?,
                None => Value::String(
                    STRICT
                        .render_str(text, self.jinja(unknown))
                        .map_err(|error| render_error(item, place, text, error))?,
                ),
            },
            Value::Array(items) => Value::Array(
                items
                    .iter()
                    .enumerate()
                    .map(|(index, node)| self.fill(item, &format!("{place}[{index}]"), node, unknown))
                    .collect::<Result<_, _>>()?,
            ),
            Value::Object(fields) => Value::Object(
                fields
                    .iter()
                    .map(|(name, node)| Ok((name.clone(), self.fill(item, &format!("{place}.{name}"), node, unknown)?)))
                    .collect::<Result<_, RenderError>>()?,
            ),
            plain => plain.clone(),
        })
    }

    fn evaluate(
        &self,
        item: &str,
        place: &str,
        template: &str,
        expression: &str,
        unknown: Unknown,
    ) -> Result<Value, RenderError> {
        let fail = |error: Box<dyn std::error::Error + Send + Sync>| RenderError {
            item: item.to_owned(),
            place: place.to_owned(),
            template: template.to_owned(),
            source: error,
        };
        if expression == EVERYTHING {
            return Ok(self.everything(unknown));
        }
        let value = STRICT
            .compile_expression(expression)
            .and_then(|compiled| compiled.eval(self.jinja(unknown)))
            .map_err(|error| fail(error.into()))?;
        if value.is_undefined() {
            return Err(fail("there is no such value".into()));
        }
        serde_json::to_value(&value).map_err(|error| fail(error.into()))
    }
}

/// The outputs of steps, with what is foreseen of those that are not done.
#[derive(Debug)]
struct Foreseen {
    foresight: Arc<Mutex<Foresight>>,
}

/// The outputs of one step, with placeholders for those that it has not: nobody
/// can foresee them, or a person answered for it.
#[derive(Debug)]
struct ForeseenStep {
    id: String,
    outputs: Map<String, Value>,
}

impl Object for Foreseen {
    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        let id = key.as_str()?;
        let outputs = match lock(&self.foresight).outputs.get(id) {
            Some(Value::Object(outputs)) => outputs.clone(),
            _ => Map::new(),
        };
        Some(Jinja::from_object(ForeseenStep { id: id.to_owned(), outputs }))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(lock(&self.foresight).outputs.keys().map(|id| Jinja::from(id.as_str())).collect())
    }
}

impl Object for ForeseenStep {
    fn get_value(self: &Arc<Self>, key: &Jinja) -> Option<Jinja> {
        let name = key.as_str()?;
        Some(match self.outputs.get(name) {
            Some(value) => Jinja::from(Serde(value)),
            None => Jinja::from(placeholder(name, &self.id)),
        })
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.outputs.keys().map(|name| Jinja::from(name.as_str())).collect())
    }
}

/// What is foreseen is whole after each change, so a panic elsewhere spoils nothing.
fn lock(foresight: &Mutex<Foresight>) -> MutexGuard<'_, Foresight> {
    foresight.lock().unwrap_or_else(PoisonError::into_inner)
}

fn environment(undefined: UndefinedBehavior) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(undefined);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment
}

/// The expression, where the text is one `{{ expression }}` and nothing else.
fn whole_expression(text: &str) -> Option<&str> {
    let inner = text.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    (!inner.contains("{{") && !inner.contains("}}")).then(|| inner.trim())
}

fn render_error(item: &str, place: &str, template: &str, error: minijinja::Error) -> RenderError {
    RenderError {
        item: item.to_owned(),
        place: place.to_owned(),
        template: template
            .lines()
            .nth(error.line().unwrap_or(1).saturating_sub(1))
            .unwrap_or(template)
            .trim()
            .to_owned(),
        source: error.into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Fixed(Value);

    impl ValueSource for Fixed {
        fn values(&self, _: u32, _: Option<&str>) -> Result<Value, String> {
            Ok(self.0.clone())
        }
    }

    fn renderer() -> Renderer {
        let source = Fixed(json!({"version": "3.4.0", "kind": "minor", "hours": 72, "npm": null}));
        Renderer::new(&source, &State::default()).unwrap()
    }

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn one_expression_keeps_its_type_and_text_around_it_makes_text() {
        let with = map(json!({"hours": "{{ hours }}", "text": "{{ hours }} h", "list": ["{{ version }}"], "n": 1}));
        let filled = renderer().parameters("x", &with).unwrap();
        assert_eq!(filled, json!({"hours": 72, "text": "72 h", "list": ["3.4.0"], "n": 1}));
    }

    #[test]
    fn everything_is_what_the_templates_see_by_that_name() {
        let renderer = renderer();
        renderer.foresee("tag", |_| map(json!({"name": "v3.4.0"})));
        for unknown in [Unknown::Refused, Unknown::Named] {
            let with = map(json!({"all": "{{ all }}", "same": "{{ all | items | list }}"}));
            let filled = renderer.fill("x", "with", &Value::Object(with), unknown).unwrap();
            let pairs = filled["same"].as_array().unwrap().iter();
            let same: Map<String, Value> =
                pairs.map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].clone())).collect();
            assert_eq!(filled["all"], Value::Object(same), "{unknown:?}");
            assert_eq!(filled["all"]["steps"].get("tag").is_some(), unknown == Unknown::Named);
        }
    }

    #[test]
    fn what_is_not_there_is_an_error_that_names_the_place() {
        for template in ["{{ nothing }}", "a {{ nothing }}", "{{ steps['stage'].revision }}", "{{ unclosed"] {
            let error = renderer().parameters("x", &map(json!({"a": {"b": [template]}}))).unwrap_err();
            assert_eq!((error.item.as_str(), error.place.as_str()), ("x", "with.a.b[0]"), "{template}");
        }
    }

    #[test]
    fn a_foreseen_output_has_a_name() {
        let text = renderer().text("x", "guide", "r{{ steps['stage-candidate'].revision }}").unwrap();
        assert_eq!(text, "rREVISION_OF_STAGE_CANDIDATE");
        assert!(renderer().text("x", "guide", "{{ nothing }}").is_err());
    }

    #[test]
    fn conditions_take_what_is_not_there_for_false() {
        let renderer = renderer();
        for (expression, expected) in [
            ("kind != 'bugfix'", true),
            ("kind == 'bugfix'", false),
            ("npm", false),
            ("steps['send-vote'].message_id", false),
            ("not steps['send-vote']", true),
        ] {
            assert_eq!(renderer.holds("x", expression).unwrap(), expected, "{expression}");
        }
        assert!(renderer.holds("x", "kind ==").is_err());
    }
}
