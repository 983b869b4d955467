// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a package says of itself, where its form has such files: that it is of the
//! version, and what its name says that it is.

mod jar;
mod wheel;

use super::{ArchiveForm, ContentRules};
use crate::verify::archive::{Faults, printable};
use crate::verify::r_package::DESCRIPTION;
use jar::Jar;
use wheel::Wheel;

/// What a package for Cargo has at its root.
const CARGO: &str = "Cargo.toml";

/// The check's name.
pub const METADATA: &str = "metadata";

/// What an archive's metadata say.
#[derive(Debug, Default)]
pub struct Metadata {
    /// What a file of a package's own says of it.
    packages: Vec<Package>,
    jar: Jar,
    wheel: Wheel,
}

#[derive(Debug)]
struct Package {
    form: ArchiveForm,
    path: String,
    name: Option<String>,
    version: Option<String>,
}

impl Metadata {
    /// Whether the file at `path` is to be given to [`Metadata::take`].
    pub fn wants(form: ArchiveForm, path: &str) -> bool {
        match form {
            ArchiveForm::Wheel => Wheel::wants(path),
            ArchiveForm::Jar => Jar::wants(path),
            ArchiveForm::Sdist => path == "PKG-INFO",
            ArchiveForm::Npm => path == "package.json",
            ArchiveForm::R => path == DESCRIPTION,
            ArchiveForm::Crate => path == CARGO,
            ArchiveForm::Source | ArchiveForm::Other => false,
        }
    }

    /// Reads a file of metadata.
    pub fn take(&mut self, form: ArchiveForm, path: &str, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        let (name, version) = match form {
            ArchiveForm::Jar => return self.jar.take(path, &text),
            ArchiveForm::Wheel => return self.wheel.take(path, &text),
            ArchiveForm::Npm => {
                let json: Option<serde_json::Value> = serde_json::from_str(&text).ok();
                let said = |key: &str| json.as_ref()?.get(key)?.as_str().map(str::to_owned);
                (said("name").map(|name| packed(&name)), said("version"))
            }
            ArchiveForm::R => (field(&text, "Package", ':'), field(&text, "Version", ':')),
            ArchiveForm::Crate => {
                let table: Option<toml::Table> = text.parse().ok();
                let said = |key: &str| table.as_ref()?.get("package")?.get(key)?.as_str().map(str::to_owned);
                (said("name"), said("version"))
            }
            _ => (field(&text, "Name", ':'), field(&text, "Version", ':')),
        };
        self.packages.push(Package { form, path: path.to_owned(), name, version });
    }

    /// Takes note of a file of a wheel: its SHA-256.
    pub fn digest(&mut self, path: &str, sha256: [u8; 32]) {
        self.wheel.digest(path, sha256);
    }

    /// What an archive of which nobody said it turns out to be by what is in it.
    pub fn form(&self) -> Option<ArchiveForm> {
        self.packages.first().map(|package| package.form)
    }

    /// Says what does not agree with the version and with `name`, the archive's path.
    pub fn check(&self, name: &str, form: ArchiveForm, rules: &ContentRules, faults: &mut Faults) {
        let name = name.rsplit('/').next().unwrap_or(name);
        let Some(wanted) = rules.version.as_deref() else {
            if !matches!(form, ArchiveForm::Source | ArchiveForm::Other) {
                faults.skip(METADATA, "no version was given to hold the metadata against");
            }
            return;
        };
        match form {
            ArchiveForm::Source | ArchiveForm::Other => {}
            ArchiveForm::Jar => self.jar.check(name, wanted, faults),
            ArchiveForm::Wheel => self.wheel.check(name, wanted, faults),
            ArchiveForm::Npm | ArchiveForm::Sdist | ArchiveForm::R | ArchiveForm::Crate => {
                self.package(name, wanted, form, faults)
            }
        }
    }

    fn package(&self, file: &str, wanted: &str, form: ArchiveForm, faults: &mut Faults) {
        let Some(Package { path, name, version, .. }) = self.packages.first() else {
            let what = match form {
                ArchiveForm::Npm => "package.json",
                ArchiveForm::R => DESCRIPTION,
                ArchiveForm::Crate => CARGO,
                _ => "PKG-INFO",
            };
            faults.fail(METADATA, "", format!("there is no {what}"));
            return;
        };
        version_is(path, version.as_deref(), wanted, faults);
        if form == ArchiveForm::Crate && name.is_none() {
            faults.fail(METADATA, path, "it says no name");
        }
        let sign = if form == ArchiveForm::R { '_' } else { '-' };
        let called = file.rsplit_once(&format!("{sign}{wanted}")).map(|(name, _)| name);
        let same = |name: &str, called: &str| match form {
            ArchiveForm::Npm | ArchiveForm::R | ArchiveForm::Crate => name == called,
            _ => normal(name) == normal(called),
        };
        if let (Some(name), Some(called)) = (name, called)
            && !same(name, called)
        {
            faults.fail(METADATA, path, format!("its name is {}, not {called}", printable(name)));
        }
        faults.settle(METADATA, || format!("the version is {wanted}"));
    }
}

/// Says where the version in the file at `path` is another than `wanted`.
fn version_is(path: &str, version: Option<&str>, wanted: &str, faults: &mut Faults) {
    match version {
        Some(version) if version == wanted => {}
        Some(version) => {
            let shown: String = printable(version).chars().take(80).collect();
            faults.fail(METADATA, path, format!("its version is {shown}, not {wanted}"));
        }
        None => faults.fail(METADATA, path, "it says no version"),
    }
}

/// What `npm pack` calls the file of a package with that name: `acme-js` for `@acme/js`.
fn packed(name: &str) -> String {
    name.strip_prefix('@').map_or_else(|| name.to_owned(), |scoped| scoped.replace('/', "-"))
}

/// A Python package's name as all its forms are compared (PEP 503).
fn normal(name: &str) -> String {
    let words: Vec<&str> = name.split(['-', '_', '.']).filter(|word| !word.is_empty()).collect();
    words.join("-").to_lowercase()
}

/// The value of `KEY: value` at the start of a line before the first empty one.
fn field(text: &str, key: &str, mark: char) -> Option<String> {
    let lines = text.lines().take_while(|line| !line.trim().is_empty());
    let value = lines.filter_map(|line| line.split_once(mark)).find(|(name, _)| name.trim_end() == key);
    value.map(|(_, value)| value.trim().to_owned())
}
