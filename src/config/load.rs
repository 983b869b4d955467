// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Reading a product's configuration and filling in its templates.

use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde_json::Value;

use super::Product;

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It is no TOML, or has unknown or missing fields.
    #[error("{file} cannot be used")]
    Malformed {
        /// Which file.
        file: String,
        /// Line, column and what was expected.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// Its format is another one.
    #[error("{file} has format {found}; this program reads format 1")]
    Format {
        /// Which file.
        file: String,
        /// The format it claims.
        found: u32,
    },
    /// A template in it cannot be filled in.
    #[error("in the configuration of `{product}`, `{field}` cannot be filled in: `{template}`")]
    Template {
        /// Which product.
        product: String,
        /// The path of the field.
        field: String,
        /// What stands there.
        template: String,
        /// What is wrong with it.
        #[source]
        source: Box<minijinja::Error>,
    },
}

/// Reads a product's configuration; `file` names it in errors.
///
/// # Errors
/// When it is not as [`Product`] says.
pub fn parse_product(file: &str, text: &str) -> Result<Product, ConfigError> {
    let product: Product = toml::from_str(text)
        .map_err(|source| ConfigError::Malformed { file: file.to_owned(), source: Box::new(source) })?;
    match product.format {
        1 => Ok(product),
        found => Err(ConfigError::Format { file: file.to_owned(), found }),
    }
}

/// The configuration with every `{{ … }}` filled in from `values`, an object.
///
/// # Errors
/// When a template names a value that is not there.
pub fn render_product(product: &Product, values: &Value) -> Result<Product, ConfigError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    let mut tree = serde_json::to_value(product).expect("a product is plain data");
    fill(&environment, values, &mut tree, "").map_err(|(field, template, source)| ConfigError::Template {
        product: product.id.clone(),
        field,
        template,
        source: Box::new(source),
    })?;
    Ok(serde_json::from_value(tree).expect("rendering strings keeps the shape"))
}

type Fault = (String, String, minijinja::Error);

fn fill(environment: &Environment<'_>, values: &Value, node: &mut Value, path: &str) -> Result<(), Fault> {
    match node {
        Value::String(text) if text.contains("{{") => {
            *text = environment
                .render_str(text, minijinja::value::Serde(values))
                .map_err(|source| (path.trim_start_matches('.').to_owned(), text.clone(), source))?;
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                fill(environment, values, item, &format!("{path}[{index}]"))?;
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                fill(environment, values, field, &format!("{path}.{name}"))?;
            }
        }
        _ => {}
    }
    Ok(())
}
