// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A Python package index: what it has of a project, by its simple interface in JSON, and
//! uploading a file, by the form that its clients send.
//!
//! Its quirks: a name of a file is used once and for good. The index itself takes the same
//! bytes again; others refuse them, so whoever uploads looks first.

use std::path::{Path, PathBuf};

use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use serde::Deserialize;

use super::{Body, Effects, Limits, Login, Request, Web, WebError};

/// The form of the simple interface that has digests and no markup.
const SIMPLE: &str = "application/vnd.pypi.simple.v1+json";
/// Who logs in with a token.
const TOKEN_USER: &str = "__token__";

/// An index, and where it takes files.
#[derive(Debug)]
pub struct PyPi {
    index: Web,
    upload: Web,
}

/// A file that the index has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct IndexFile {
    /// Its name.
    pub filename: String,
    hashes: Hashes,
    #[serde(default)]
    yanked: Yanked,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Hashes {
    #[serde(default)]
    sha256: Option<String>,
}

/// Whether a file was withdrawn after it was published (PEP 592): a truth, or the reason.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
enum Yanked {
    Flag(bool),
    Reason(String),
}

impl Default for Yanked {
    fn default() -> Self {
        Self::Flag(false)
    }
}

#[derive(Deserialize)]
struct Project {
    files: Vec<IndexFile>,
}

impl IndexFile {
    /// Its SHA-256, in small digits, where the index says it.
    pub fn sha256(&self) -> Option<String> {
        self.hashes.sha256.as_ref().map(|digest| digest.to_ascii_lowercase())
    }

    /// Why it was yanked, which may be said in no words; `None` where it was not. A yanked file can
    /// still be had by its exact version, and is found by nobody else.
    pub fn yanked(&self) -> Option<&str> {
        match &self.yanked {
            Yanked::Flag(false) => None,
            Yanked::Flag(true) => Some(""),
            Yanked::Reason(reason) => Some(reason),
        }
    }
}

impl PyPi {
    /// The index at `index` (`https://pypi.org/simple`), which takes files at `upload`
    /// (`https://upload.pypi.org/legacy/`); without a login it can be read.
    ///
    /// # Errors
    /// When an address cannot be used.
    pub fn new(index: &str, upload: &str, login: Login, effects: Effects) -> Result<Self, WebError> {
        Ok(Self {
            index: Web::new("the Python package index", index, Login::Anonymous, effects.clone())?,
            upload: Web::new("the Python package index", upload, login, effects)?,
        })
    }

    /// The login by a token of the index.
    pub fn login(token: SecretString) -> Login {
        Login::Basic(TOKEN_USER.to_owned(), token)
    }

    /// An index that is reached by `index`, and takes files by `upload`.
    pub fn over(index: Web, upload: Web) -> Self {
        Self { index, upload }
    }

    /// The same with other limits.
    #[must_use]
    pub fn limited(self, limits: Limits) -> Self {
        Self { index: self.index.limited(limits), upload: self.upload.limited(limits) }
    }

    /// Where it takes files.
    pub fn upload_address(&self) -> &str {
        self.upload.base()
    }

    /// Whether one logs in to upload.
    pub fn logs_in(&self) -> bool {
        !self.upload.login().is_anonymous()
    }

    /// All files of a project; none where there is no such project yet.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub fn files(&self, project: &str) -> Result<Vec<IndexFile>, WebError> {
        Ok(self.project(project)?.unwrap_or_default())
    }

    /// All files of a project; `None` where there is no such project yet.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub fn project(&self, project: &str) -> Result<Option<Vec<IndexFile>>, WebError> {
        let url = self.index.at(&[&normal_name(project), ""]);
        let asked = self.index.read(Request::get(url).accepting(SIMPLE));
        match asked {
            Ok(answer) => Ok(Some(answer.json::<Project>()?.files)),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether there is an index at its address, whatever projects it has; its long list of them is
    /// not fetched.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub fn is_there(&self) -> Result<bool, WebError> {
        let request = Request::new(Method::HEAD, self.index.at(&[""]), Body::None);
        match self.index.read(request.accepting(SIMPLE)) {
            Ok(_) => Ok(true),
            Err(error) if error.is_missing() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// With which status the address that takes files answers to a look, which uploads nothing: most
    /// refuse it, as they take uploads alone.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub fn upload_status(&self) -> Result<StatusCode, WebError> {
        let answer = self.upload.ask(Request::get(self.upload.at(&[""])).accepting("*/*"))?;
        Ok(answer.status)
    }

    /// Whether the index comes to show a file of these bytes.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub fn comes_to_show(&self, project: &str, name: &str, sha256: &str) -> Result<bool, WebError> {
        let is = |file: &IndexFile| file.filename == name && file.sha256().as_deref() == Some(sha256);
        self.index.comes_about(|| Ok(self.files(project)?.iter().any(is)))
    }

    /// Uploads a file with the fields that describe it.
    ///
    /// # Errors
    /// When it was not taken, or not known to be.
    pub fn upload(&self, fields: Vec<(String, String)>, file: &Path) -> Result<(), WebError> {
        let url = self.upload.at(&[""]);
        let files: Vec<(String, PathBuf)> = vec![("content".to_owned(), file.to_owned())];
        let request = Request::new(Method::POST, url, Body::Form(fields, files)).accepting("*/*");
        let answer = self.upload.write("pypi upload", request)?;
        // an index answers in a few words or none; a page of a login is no such answer
        let said = answer.text().to_ascii_lowercase();
        match said.contains("<!doctype html") || said.contains("<html") {
            true => Err(answer.unexpected("expected a few words")),
            false => Ok(()),
        }
    }
}

/// A project's name as indexes compare it: small letters, `-` for any run of `-`, `_`, `.`.
pub fn normal_name(name: &str) -> String {
    let mut normal = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            '-' | '_' | '.' if normal.ends_with('-') => {}
            '-' | '_' | '.' => normal.push('-'),
            other => normal.extend(other.to_lowercase()),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::{IndexFile, normal_name};

    #[test]
    fn a_file_is_yanked_by_a_truth_or_a_reason() {
        let yanked = |field: &str| {
            let file: IndexFile =
                serde_json::from_str(&format!(r#"{{"filename":"a.tar.gz","hashes":{{}}{field}}}"#)).unwrap();
            file.yanked().map(str::to_owned)
        };
        assert_eq!((yanked(""), yanked(r#","yanked":false"#)), (None, None));
        assert_eq!(yanked(r#","yanked":true"#).as_deref(), Some(""));
        assert_eq!(yanked(r#","yanked":"broken wheel""#).as_deref(), Some("broken wheel"));
    }

    #[test]
    fn names_are_compared_as_indexes_do() {
        for name in ["Apache_Flink.Statefun", "apache-flink-statefun", "apache__flink-.statefun"] {
            assert_eq!(normal_name(name), "apache-flink-statefun");
        }
    }
}
