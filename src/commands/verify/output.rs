// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The report in the form that was asked for, and in others into files: whatever the
//! forms, they are of one run.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::ValueEnum;

use super::own_word::same_file;
use crate::commands::CommandError;
use crate::ui::{ExitCode, Style, Ui};
use crate::verify::{Report, Status, render};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A line a file, details of what failed, the verdict last.
    Text,
    /// One object; docs/verifying.md says which.
    Json,
    /// JUnit's XML.
    Junit,
    /// SARIF 2.1.0.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
}

/// A file that the report is written to as well: `sarif=verify.sarif`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Also {
    format: Format,
    file: PathBuf,
}

impl FromStr for Also {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = text.split_once('=').filter(|(_, file)| !file.is_empty()).ok_or("expected FORMAT=FILE")?;
        if file == "-" {
            return Err("it names a file; what is printed is chosen by --format".to_owned());
        }
        let named = Format::from_str(format, false);
        let format = named.map_err(|_| format!("`{format}` is none of text, json, junit, sarif, github"))?;
        Ok(Self { format, file: file.into() })
    }
}

impl Also {
    /// The file.
    pub fn file(&self) -> &Path {
        &self.file
    }
}

/// Makes the files empty before anything is verified: what an earlier run left there says
/// nothing of this one.
///
/// # Errors
/// When one cannot be written.
pub fn begin(also: &[Also]) -> Result<(), CommandError> {
    also.iter().try_for_each(|Also { file, .. }| match File::create(file) {
        Ok(_) => Ok(()),
        Err(error) => Err(CommandError::usage(
            format!("cannot write {}: {error}", file.display()),
            "--also FORMAT=FILE names a file in a directory that is there and writable",
        )),
    })?;
    // now that they are there, one that is named in two ways is known
    for (nth, one) in also.iter().enumerate() {
        if also[..nth].iter().any(|other| same_file(&other.file, &one.file)) {
            let what = format!("--also names {} twice", one.file.display());
            return Err(CommandError::usage(what, "each report wants a file of its own"));
        }
    }
    Ok(())
}

/// Prints the report, and writes it to the files; with `all`, every finding where that is
/// for a person.
///
/// # Errors
/// When a file cannot be written.
pub fn end(ui: Ui, format: Format, all: bool, also: &[Also], report: &Report) -> Result<(), CommandError> {
    for Also { format, file } in also {
        fs::write(file, as_text(*format, all, report)).map_err(|error| {
            let what = format!("cannot write {}: {error}", file.display());
            CommandError::new(ExitCode::Service, what, "make room; the verdict was not written whole")
        })?;
    }
    match format {
        Format::Text => ui.data(&render::text(report, all, &|text, status| paint(ui, text, status))),
        Format::Json => ui.json(report),
        Format::Sarif => ui.json(&render::sarif(report)),
        Format::Junit | Format::Github => ui.data(&as_text(format, all, report)),
    }
    Ok(())
}

fn as_text(format: Format, all: bool, report: &Report) -> String {
    let json = |value: serde_json::Result<String>| value.expect("a report is plain data") + "\n";
    match format {
        Format::Text => render::text(report, all, &|text, _| text.to_owned()),
        Format::Json => json(serde_json::to_string_pretty(report)),
        Format::Sarif => json(serde_json::to_string_pretty(&render::sarif(report))),
        Format::Junit => render::junit(report),
        Format::Github => render::github(report),
    }
}

fn paint(ui: Ui, text: &str, status: Status) -> String {
    let style = match status {
        Status::Pass => Style::Good,
        Status::Warn => Style::Warning,
        Status::Skip => Style::Faint,
        Status::Fail => Style::Bad,
    };
    ui.paint(text, style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_report_has_a_file_of_its_own() {
        let place = tempfile::tempdir().unwrap();
        let also = |file: &str| format!("json={}/{file}", place.path().display()).parse::<Also>().unwrap();
        for again in ["one", "./one"] {
            let error = begin(&[also("one"), also(again)]).unwrap_err();
            assert!(error.code == ExitCode::Usage && error.what.contains("one twice"), "{}", error.what);
        }
        assert!(begin(&[also("one"), also("two")]).is_ok());
    }

    #[test]
    fn a_form_and_a_file_are_named_together() {
        let also: Also = "sarif=a=b.sarif".parse().unwrap();
        assert_eq!(also, Also { format: Format::Sarif, file: "a=b.sarif".into() });
        for text in ["sarif", "sarif=", "pdf=x", ""] {
            assert!(text.parse::<Also>().is_err(), "{text}");
        }
    }
}
