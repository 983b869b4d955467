// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a Python package says of itself, as the form of an upload wants it.

/// The fields that the form names otherwise than by their own name in small letters.
const PLURAL: [(&str, &str); 2] = [("classifier", "classifiers"), ("project_url", "project_urls")];

/// The metadata of a sdist or a wheel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata {
    fields: Vec<(String, String)>,
    description: String,
}

impl Metadata {
    /// Reads PKG-INFO or METADATA: fields like those of a mail, then the description.
    pub fn read(text: &str) -> Self {
        let mut metadata = Self::default();
        let mut lines = text.lines();
        for line in lines.by_ref() {
            if line.is_empty() {
                break;
            }
            if line.starts_with([' ', '\t']) {
                if let Some((_, value)) = metadata.fields.last_mut() {
                    value.push('\n');
                    value.push_str(line.trim_start().trim_start_matches('|'));
                }
            } else if let Some((name, value)) = line.split_once(':') {
                metadata.fields.push((name.trim().to_owned(), value.trim().to_owned()));
            }
        }
        metadata.description = lines.collect::<Vec<_>>().join("\n");
        metadata
    }

    /// What is known of a file that only stands in for a package.
    pub fn of_stand_in(name: &str, version: &str) -> Self {
        let fields = [("Metadata-Version", "2.1"), ("Name", name), ("Version", version), ("Summary", "A stand-in")];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self { fields: fields.into(), description: String::new() }
    }

    /// The first field of that name.
    pub fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The form of an upload of the file `name`, whose digest is `sha256`.
    pub fn form(&self, name: &str, sha256: &str) -> Vec<(String, String)> {
        let (kind, python) = kind_of(name);
        let mut form: Vec<(String, String)> = [
            (":action", "file_upload"),
            ("protocol_version", "1"),
            ("filetype", kind),
            ("pyversion", python),
            ("sha256_digest", sha256),
        ]
        .map(|(field, value)| (field.to_owned(), value.to_owned()))
        .into();
        for (field, value) in &self.fields {
            let field = field.to_lowercase().replace('-', "_");
            let field =
                PLURAL.iter().find(|(one, _)| *one == field).map_or(field.clone(), |(_, many)| (*many).to_owned());
            form.push((field, value.clone()));
        }
        if !self.description.trim().is_empty() && self.field("Description").is_none() {
            form.push(("description".to_owned(), self.description.clone()));
        }
        form
    }
}

/// What a file is to an index, and for which Python: by its name.
fn kind_of(name: &str) -> (&'static str, &str) {
    match name.strip_suffix(".whl") {
        Some(stem) => ("bdist_wheel", stem.rsplit('-').nth(2).unwrap_or("any")),
        None => ("sdist", "source"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_become_a_form() {
        let text = "Metadata-Version: 2.1\nName: apache-greeter\nVersion: 1.2.0\nClassifier: A\nClassifier: B\nLicense: Apache\n  License\nProject-URL: Home, https://x\n\n# Greeter\n\nGreets.";
        let metadata = Metadata::read(text);
        assert_eq!(metadata.field("version"), Some("1.2.0"));
        let form = metadata.form("apache_greeter-1.2.0-py3-none-any.whl", "abc");
        let all = |field: &str| {
            form.iter().filter(|(name, _)| name == field).map(|(_, value)| value.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(all("classifiers"), ["A", "B"]);
        assert_eq!(all("metadata_version"), ["2.1"]);
        assert_eq!(all("project_urls"), ["Home, https://x"]);
        assert_eq!(all("license"), ["Apache\nLicense"]);
        assert_eq!(all("description"), ["# Greeter\n\nGreets."]);
        assert_eq!(
            (all("filetype"), all("pyversion"), all(":action")),
            (vec!["bdist_wheel"], vec!["py3"], vec!["file_upload"])
        );
        assert_eq!(kind_of("apache-greeter-1.2.0.tar.gz"), ("sdist", "source"));
    }
}
