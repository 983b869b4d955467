// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The templates of mails and prepared texts, by names under `templates/`:
//! `mail/vote/subject.txt.j2`.
//!
//! Where they come from is the caller's affair. A value that is missing or null
//! is an error and never a gap in a mail.

use std::error::Error;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior};
use serde_json::Value;

use super::render;

/// All templates, with what they may call.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
}

/// A template that is not there, or cannot be filled in.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// There is none of that name.
    #[error("there is no template `{name}`")]
    Missing {
        /// Its name under `templates/`.
        name: String,
    },
    /// It could not be read, is malformed, or names a value that is not there.
    #[error("the template `{name}` cannot be filled in{}: {what}", line.map_or_else(String::new, |line| format!(" at line {line}")))]
    Unusable {
        /// Its name under `templates/`.
        name: String,
        /// Where in it.
        line: Option<usize>,
        /// What is wrong, with the expression.
        what: String,
        /// What minijinja said.
        #[source]
        source: Box<minijinja::Error>,
    },
}

impl Templates {
    /// Templates that `loader` finds by name; `None` is one that is not there.
    pub fn new<E: Into<Box<dyn Error + Send + Sync>>>(
        loader: impl Fn(&str) -> Result<Option<String>, E> + Send + Sync + 'static,
    ) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        let syntax = SyntaxConfig::builder().keep_trailing_newline(true).trim_blocks(true).lstrip_blocks(true).build();
        environment.set_syntax(syntax.expect("the delimiters are the default ones"));
        environment.set_debug(true);
        environment.set_loader(move |name| {
            loader(name).map_err(|source| {
                let source: Box<dyn Error + Send + Sync> = source.into();
                minijinja::Error::new(ErrorKind::InvalidOperation, format!("cannot load it: {source}"))
            })
        });
        render::equip(&mut environment);
        Self { environment }
    }

    /// The template `name` filled in from `values`, an object.
    ///
    /// # Errors
    /// When it is not there, malformed, or names a value that is missing or null.
    pub fn render(&self, name: &str, values: &Value) -> Result<String, TemplateError> {
        let template = self.environment.get_template(name).map_err(|error| unusable(name, error))?;
        template.render(minijinja::value::Serde(values)).map_err(|error| unusable(name, error))
    }

    /// The values that the template asks for and that `values` cannot have, such as
    /// `product.git.mainn`; not those that it asks for only where they are defined,
    /// nor those of other names than `values` has.
    ///
    /// # Errors
    /// When it is not there or malformed.
    pub fn unknown_values(&self, name: &str, values: &Value) -> Result<Vec<String>, TemplateError> {
        let template = self.environment.get_template(name).map_err(|error| unusable(name, error))?;
        let provided = |path: &str| template.source().contains(&format!("{path} is defined"));
        let asked = template.undeclared_variables(true);
        let mut unknown: Vec<String> =
            asked.into_iter().filter(|path| is_unknown(values, path) && !provided(path)).collect();
        unknown.sort();
        Ok(unknown)
    }
}

/// Whether an object that is there lacks the next part of the path.
fn is_unknown(values: &Value, path: &str) -> bool {
    let mut value = values;
    for (depth, part) in path.split('.').enumerate() {
        let Some(object) = value.as_object() else { return false };
        match object.get(part) {
            Some(found) => value = found,
            None => return depth > 0,
        }
    }
    false
}

fn unusable(name: &str, error: minijinja::Error) -> TemplateError {
    if error.kind() == ErrorKind::TemplateNotFound && error.name().is_none_or(|missing| missing == name) {
        return TemplateError::Missing { name: name.to_owned() };
    }
    let mut what = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let expression =
        error.range().and_then(|range| error.template_source()?.get(range).map(str::trim).map(str::to_owned));
    if let Some(expression) = expression.filter(|text| !text.is_empty()) {
        what = format!("{what} (in `{expression}`)");
    }
    TemplateError::Unusable {
        name: error.name().unwrap_or(name).to_owned(),
        line: error.line(),
        what,
        source: Box::new(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn templates(text: &'static str) -> Templates {
        Templates::new(move |name| Ok::<_, std::io::Error>((name == "t").then(|| text.to_owned())))
    }

    #[test]
    fn values_that_there_cannot_be_are_named_before_it_is_filled_in() {
        let values = json!({"product": {"git": {"main": "main"}, "npm": null, "other": {}}});
        let text = "{{ product.git.mainn }} {{ product.git.main }} {% if product.npm %}{{ product.npm.name }}{% endif %}\
                    {% if product.other.images is defined %}{{ product.other.images }}{% endif %}\
                    {{ mail.date }} {{ steps['x'].y }} {% for git in [1] %}{{ git.x }}{% endfor %}{{ product.male.dev }}";
        let unknown = templates(text).unknown_values("t", &values).unwrap();
        assert_eq!(unknown, ["product.git.mainn", "product.male.dev"]);
        assert!(templates("{{ unclosed").unknown_values("t", &values).is_err());
        assert!(matches!(templates("").unknown_values("u", &values), Err(TemplateError::Missing { .. })));
    }

    fn render(text: &'static str, values: &Value) -> String {
        templates(text).render("t", values).unwrap()
    }

    #[test]
    fn links_are_numbered_without_gaps_and_once_each() {
        let text = "{{ link('https://a') }}{% if b %} {{ link('https://b') }}{% endif %} {{ link('https://c') }} {{ link('https://a') }}\n{{ references() }}\n";
        assert_eq!(render(text, &json!({"b": false})), "[1] [2] [1]\n[1] https://a\n[2] https://c\n");
        assert_eq!(render(text, &json!({"b": true})), "[1] [2] [3] [1]\n[1] https://a\n[2] https://b\n[3] https://c\n");
    }

    #[test]
    fn a_missing_and_a_null_value_are_errors_that_name_them() {
        let templates = templates("one\n{{ product.name }}\n");
        for values in [json!({"product": {}}), json!({"product": {"name": null}})] {
            let error = templates.render("t", &values).unwrap_err();
            assert!(error.to_string().contains("line 2"), "{error}");
            assert!(error.to_string().contains("product.name"), "{error}");
        }
    }

    #[test]
    fn a_missing_template_is_named() {
        let error = templates("").render("mail/none/body.txt.j2", &json!({})).unwrap_err();
        assert_eq!(error.to_string(), "there is no template `mail/none/body.txt.j2`");
    }

    #[test]
    fn nothing_is_escaped_and_the_last_newline_stays() {
        assert_eq!(render("{{ a }}\n", &json!({"a": "<b> & \"c\""})), "<b> & \"c\"\n");
    }

    #[test]
    fn times_and_digests() {
        let text = "{{ at | hours_later(hours) | utc }} {{ digest | split_every(4) | join('/') }}";
        let values = json!({"at": "2026-11-21T09:30:15Z", "hours": 72, "digest": "abcdef"});
        assert_eq!(render(text, &values), "2026-11-24 09:30 UTC abcd/ef");
        let error = templates("{{ 'soon' | utc }}").render("t", &json!({})).unwrap_err();
        assert!(error.to_string().contains("`soon` is no timestamp"), "{error}");
    }

    #[test]
    fn a_filled_block() {
        let text = "{% filter wrap %}\n* {{ a }}\n\nb\n{% endfilter %}\nend\n";
        assert_eq!(render(text, &json!({"a": "word"})), "* word\n\nb\nend\n");
    }
}
