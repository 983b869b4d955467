// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Reading a product's configuration and filling in its templates.

use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde_json::Value;

use super::place::line_of;
use super::{Product, ProductFault};

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
    /// It lacks a field that every product has.
    #[error("{file} lacks {field}, at its top level: a field before the first [table], or a [table] of that name")]
    Lacking {
        /// Which file.
        file: String,
        /// The field, in backquotes.
        field: String,
    },
    /// What it says cannot be used.
    #[error("{file} cannot be used:\n  {}", faults.join("\n  "))]
    Unusable {
        /// Which file.
        file: String,
        /// Each field that cannot be used, with the line where it stands.
        faults: Vec<String>,
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

impl ConfigError {
    /// That `file`, which holds `text`, cannot be used for these faults.
    pub fn unusable(file: &str, text: &str, faults: &[ProductFault]) -> Self {
        let name = file.rsplit('/').next().unwrap_or(file);
        let said = |fault: &ProductFault| match line_of(text, &fault.field) {
            Some(line) => format!("{name}:{line}: {fault}"),
            None => format!("{name}: {fault}"),
        };
        Self::Unusable { file: file.to_owned(), faults: faults.iter().map(said).collect() }
    }
}

/// Reads a product's configuration; `file` names it in errors.
///
/// # Errors
/// When it is not as [`Product`] says.
pub fn parse_product(file: &str, text: &str) -> Result<Product, ConfigError> {
    let product: Product = toml::from_str(text).map_err(|source: toml::de::Error| {
        // What the whole file lacks is nowhere: the first line has nothing to do with it.
        let everywhere = source.span().is_none_or(|span| span.start == 0);
        if let Some(field) = source.message().strip_prefix("missing field ").filter(|_| everywhere) {
            return ConfigError::Lacking { file: file.to_owned(), field: field.trim().to_owned() };
        }
        ConfigError::Malformed { file: file.to_owned(), source: Box::new(source) }
    })?;
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
    let file = format!("release-config/{}.toml", product.id);
    let mut tree = serde_json::to_value(product).expect("a product is plain data");
    let values = minijinja::Value::from(minijinja::value::Serde(values));
    fill(&Filling { environment, values, file }, &mut tree, "").map_err(|(field, template, source)| {
        ConfigError::Template { product: product.id.clone(), field, template, source: Box::new(source) }
    })?;
    Ok(serde_json::from_value(tree).expect("rendering strings keeps the shape"))
}

type Fault = (String, String, minijinja::Error);

/// What a configuration is filled in with.
struct Filling<'a> {
    environment: Environment<'a>,
    values: minijinja::Value,
    /// What errors call the configuration.
    file: String,
}

fn fill(filling: &Filling<'_>, node: &mut Value, path: &str) -> Result<(), Fault> {
    match node {
        Value::String(text) if text.contains("{{") || text.contains("{%") => {
            let name = format!("{}, {}", filling.file, path.trim_start_matches('.'));
            *text = filling
                .environment
                .render_named_str(&name, text, filling.values.clone())
                .map_err(|source| (path.trim_start_matches('.').to_owned(), text.clone(), source))?;
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                fill(filling, item, &format!("{path}[{index}]"))?;
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                fill(filling, field, &format!("{path}.{name}"))?;
            }
        }
        _ => {}
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::Assets;
    use crate::release::{fitting_path, means_file};

    fn product(id: &str) -> Product {
        let file = format!("release-config/{id}.toml");
        parse_product(&file, &Assets::default().text(&file).unwrap()).unwrap()
    }

    fn values(version: [u32; 3], kind: &str) -> Value {
        let [major, minor, patch] = version;
        json!({
            "version": format!("{major}.{minor}.{patch}"), "short_version": format!("{major}.{minor}"),
            "major": major, "minor": minor, "patch": patch, "kind": kind, "candidate": {"number": 2},
        })
    }

    #[test]
    fn every_product_is_filled_in_from_the_version_and_the_candidate_alone() {
        let names = Assets::default().names("release-config");
        let mut ids: Vec<&str> = names.iter().filter_map(|name| name.strip_suffix(".toml")).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["flink", "flink-connector-kafka", "flink-statefun", "quorate", "sample"]);
        for id in ids {
            let product = product(id);
            assert_eq!(product.id, id);
            let rendered = render_product(&product, &values([3, 4, 0], "minor")).unwrap();
            let text = serde_json::to_string(&rendered).unwrap();
            assert!(!text.contains("{{") && !text.contains("{%"), "{text}");
            let lists: &[&str] = match rendered.documentation {
                Some(_) => &["version", "release-docs", "candidate-docs", "main-docs"],
                None => &["version"],
            };
            for list in lists {
                assert!(!rendered.versions.edits[*list].is_empty(), "{id} has no edits `{list}`");
            }
            let candidate = rendered.svn.candidate_directory.as_str();
            let glob = globset::Glob::new(&rendered.svn.candidate_directories).unwrap().compile_matcher();
            assert!(glob.is_match(candidate) && candidate.starts_with(&rendered.svn.release_prefix));
            assert_eq!(rendered.git.candidate_tags.len(), rendered.git.release_tags.len());
            let built: Vec<&str> = rendered.build.iter().flat_map(|build| &build.outputs).map(|o| o.staged()).collect();
            for file in rendered.pypi.iter().flat_map(|pypi| &pypi.files) {
                let means = |built: &&str| *built == file || means_file(file, &fitting_path(built));
                assert!(built.iter().any(means), "{id} uploads {file}, which it does not build");
            }
        }
    }

    #[test]
    fn the_names_of_stateful_functions_are_those_of_the_guide() {
        let rendered = render_product(&product("flink-statefun"), &values([3, 4, 0], "minor")).unwrap();
        assert_eq!(rendered.git.release_branch, "release-3.4");
        assert_eq!(rendered.git.candidate_tags, ["release-3.4.0-rc2", "statefun-sdk-go/v3.4.0-rc2"]);
        assert_eq!(rendered.git.release_tags, ["release-3.4.0", "statefun-sdk-go/v3.4.0"]);
        assert_eq!(rendered.git.previous_tag, "", "found in the clone");
        assert_eq!(rendered.versions.snapshot, "3.4-SNAPSHOT");
        assert_eq!(rendered.versions.next_snapshot, "3.5-SNAPSHOT");
        assert_eq!(rendered.source.file, "flink-statefun-3.4.0-src.tgz");
        assert_eq!(
            rendered.pypi.unwrap().files,
            ["apache-flink-statefun-3.4.0.tar.gz", "apache_flink_statefun-3.4.0-py3-none-any.whl"]
        );
        assert_eq!(rendered.svn.candidate_directory, "flink-statefun-3.4.0-rc2");
        assert_eq!((&*rendered.jira.version, &*rendered.jira.next_version), ("statefun-3.4.0", "statefun-3.5.0"));

        let bugfix = render_product(&product("flink-statefun"), &values([3, 4, 1], "bugfix")).unwrap();
        assert_eq!(bugfix.jira.next_version, "statefun-3.4.2");
    }

    #[test]
    fn a_value_that_is_not_there_is_refused_with_its_field() {
        let mut product = product("sample");
        product.git.candidate_tags[1] = "v{{ verison }}".to_owned();
        let error = render_product(&product, &values([1, 2, 0], "minor")).unwrap_err();
        assert!(
            matches!(&error, ConfigError::Template { product, field, template, .. }
                if product == "sample" && field == "git.candidate_tags[1]" && template == "v{{ verison }}"),
            "{error}"
        );
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains("(in release-config/sample.toml, git.candidate_tags[1]:1)"), "{source}");
    }

    #[test]
    fn unknown_fields_and_other_formats_are_refused() {
        let file = "release-config/sample.toml";
        let text = Assets::default().text(file).unwrap();
        let misspelt = text.replacen("short_name =", "shortname =", 1);
        assert!(matches!(parse_product(file, &misspelt).unwrap_err(), ConfigError::Malformed { .. }));
        let (before, rest) = text.split_once("[jira]").unwrap();
        let lacking = format!("{before}{}", &rest[rest.find("\n[").unwrap() + 1..]);
        let error = parse_product(file, &lacking).unwrap_err();
        let said = error.to_string();
        assert!(said.starts_with("release-config/sample.toml lacks `jira`, at its top level"), "{said}");
        let newer = text.replacen("format = 1", "format = 2", 1);
        assert!(matches!(parse_product(file, &newer).unwrap_err(), ConfigError::Format { found: 2, .. }));
    }
}
