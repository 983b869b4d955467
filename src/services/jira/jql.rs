// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The searches that a release makes.

/// Whether issues that are resolved are looked for too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// Only what is not resolved.
    Only,
    /// All.
    AndResolved,
}

/// A search in JIRA's query language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jql(String);

impl Jql {
    /// The issues of a project that are to be fixed in a version: the open ones by their
    /// priority, all by their number.
    pub fn of_version(project: &str, version: &str, open: Open) -> Self {
        let (project, version) = (quoted(project), quoted(version));
        let (filter, order) = match open {
            Open::Only => (" AND resolution = Unresolved", "priority DESC, key ASC"),
            Open::AndResolved => ("", "key ASC"),
        };
        Self(format!("project = {project} AND fixVersion = {version}{filter} ORDER BY {order}"))
    }

    /// The query.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A value that no query language takes for more than a value.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_a_value() {
        let jql = Jql::of_version("FLINK", r#"a" OR "b\"#, Open::Only);
        assert_eq!(
            jql.as_str(),
            r#"project = "FLINK" AND fixVersion = "a\" OR \"b\\" AND resolution = Unresolved ORDER BY priority DESC, key ASC"#
        );
    }
}
