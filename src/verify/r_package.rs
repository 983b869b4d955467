// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Packages for R among the archives of a product that no configuration names: `NAME_VERSION.tar.gz`
//! with all in the directory NAME, and a DESCRIPTION there ("Writing R Extensions", 1.1). Such a
//! name does not say that it is no source release; the DESCRIPTION does, where another archive is one.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Listed, ProductRules, file_of_archive};

/// What every such package has at its root.
pub(super) const DESCRIPTION: &str = "DESCRIPTION";

impl ProductRules {
    /// The same with the packages for R among the `files` of `directory` as what they are, and
    /// not as source archives, where another source archive is left. Beside one that says that it is
    /// the source, what has a DESCRIPTION is a package whatever name and version stand in that: they
    /// are held against the file's name.
    #[must_use]
    pub fn with_r_packages(mut self, directory: &Path, files: &[Listed]) -> Self {
        if self.name.is_some() {
            return self;
        }
        let all_called = |name: &str, are: fn(&str, &Path) -> bool| {
            let mut called = files.iter().filter(|file| name_of(file) == name).peekable();
            called.peek().is_some() && called.all(|file| are(name, &directory.join(&file.path)))
        };
        let is_package = |name: &&String| all_called(name, is_r_package);
        let packages: BTreeSet<String> = self.sources.iter().filter(is_package).cloned().collect();
        if packages.len() < self.sources.len() {
            self.sources.retain(|name| !packages.contains(name));
            self.r = packages;
        }
        if !self.sources.is_empty() {
            let others =
                files.iter().map(name_of).filter(|name| !self.sources.contains(*name) && named(name).is_some());
            let beside: BTreeSet<&str> = others.filter(|name| all_called(name, has_description)).collect();
            self.r.extend(beside.into_iter().map(str::to_owned));
        }
        self
    }
}

fn name_of(file: &Listed) -> &str {
    file.path.rsplit('/').next().unwrap_or(&file.path)
}

/// The name of the package whose archive is called `name`, and its version.
pub(super) fn named(name: &str) -> Option<(&str, &str)> {
    let (package, version) = name.strip_suffix(".tar.gz")?.split_once('_')?;
    let number = |sign: char| sign.is_ascii_digit() || matches!(sign, '.' | '-');
    let letters = |sign: char| sign.is_ascii_alphanumeric() || sign == '.';
    let good = package.starts_with(|sign: char| sign.is_ascii_alphabetic()) && package.chars().all(letters);
    (good && version.starts_with(|sign: char| sign.is_ascii_digit()) && version.chars().all(number))
        .then_some((package, version))
}

/// Whether the archive at `path`, whose name is `name`, has the DESCRIPTION of that package and
/// version. One that cannot be read to its end is none.
fn is_r_package(name: &str, path: &Path) -> bool {
    let Some((package, version)) = named(name) else { return false };
    let wanted = format!("{package}/{DESCRIPTION}");
    let Ok(bytes) = file_of_archive(path, &wanted, &|found| found == wanted) else { return false };
    said_in(&bytes, "Package").as_deref() == Some(package) && said_in(&bytes, "Version").as_deref() == Some(version)
}

/// Whether the archive at `path` has a DESCRIPTION of a package in a directory at its top.
fn has_description(_name: &str, path: &Path) -> bool {
    let is_it = |found: &str| found.split_once('/').is_some_and(|(_, rest)| rest == DESCRIPTION);
    let found = file_of_archive(path, DESCRIPTION, &is_it);
    found.is_ok_and(|bytes| ["Package", "Version"].iter().all(|key| said_in(&bytes, key).is_some()))
}

/// The value of a field of a DESCRIPTION.
fn said_in(description: &[u8], key: &str) -> Option<String> {
    let text = String::from_utf8_lossy(description);
    let mut fields = text.lines().filter_map(|line| line.split_once(':'));
    fields.find(|(name, _)| *name == key).map(|(_, value)| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{ArchiveForm, Limits};

    const SAID: &str = "Package: demoR\nVersion: 1.2.0\nTitle: Demo\n";

    /// What a candidate's archives are taken for: its sources, and its packages for R.
    fn taken(archives: &[(&str, &str, &str)]) -> (Vec<String>, Vec<String>) {
        let place = tempfile::tempdir().unwrap();
        for (name, path, text) in archives {
            let gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            let mut tar = tar::Builder::new(gzip);
            let mut header = tar::Header::new_gnu();
            header.set_mode(0o644);
            header.set_size(text.len() as u64);
            tar.append_data(&mut header, path, text.as_bytes()).unwrap();
            std::fs::write(place.path().join(name), tar.into_inner().unwrap().finish().unwrap()).unwrap();
        }
        let files: Vec<Listed> =
            archives.iter().map(|(name, ..)| Listed { path: (*name).to_owned(), bytes: 1 }).collect();
        let rules = ProductRules::of_any(None, &files).with_r_packages(place.path(), &files);
        for name in &rules.r {
            let rules = rules.of_archive(name, Limits::default()).unwrap();
            assert_eq!((rules.contents.form, rules.roots), (ArchiveForm::R, vec!["demoR".to_owned()]));
        }
        (rules.sources.into_iter().collect(), rules.r.into_iter().collect())
    }

    #[test]
    fn beside_an_archive_that_says_src_a_package_is_one_whatever_it_says_of_itself() {
        let (source, name) = (("demo-1.2.0-src.tgz", "demo-1.2.0/a", "x"), "demoR_1.2.0.tar.gz");
        let both = (vec!["demo-1.2.0-src.tgz".to_owned()], vec![name.to_owned()]);
        for (path, text) in [
            ("demoR/DESCRIPTION", SAID),
            ("demoR/DESCRIPTION", "Package: other\nVersion: 1.2.0\n"),
            ("demoR/DESCRIPTION", "Package: demoR\nVersion: 1.1.0\n"),
            ("other/DESCRIPTION", SAID),
        ] {
            assert_eq!(taken(&[source, (name, path, text)]), both, "{path} {text}");
        }
        for (name, path, text) in [
            (name, "demoR/a", "x"),
            (name, "demoR/DESCRIPTION", "a text\n"),
            ("demoR-1.2.0.tar.gz", "demoR/DESCRIPTION", SAID),
        ] {
            assert_eq!(taken(&[source, (name, path, text)]).1, [""; 0], "{name} {path} {text}");
        }
    }

    #[test]
    fn a_package_for_r_is_no_source_archive_where_there_is_one() {
        let (source, name) = (("demo-1.2.0.tgz", "demo-1.2.0/a", "x"), "demoR_1.2.0.tar.gz");
        let package = (name, "demoR/DESCRIPTION", SAID);
        assert_eq!(taken(&[source, package]), (vec!["demo-1.2.0.tgz".to_owned()], vec![name.to_owned()]));
        assert_eq!(taken(&[package]).0, [name], "there is no other");
        for other in [
            (name, "demoR/a", "x"),
            (name, "demoR_1.2.0/DESCRIPTION", SAID),
            (name, "demoR/sub/DESCRIPTION", SAID),
            (name, "demoR/DESCRIPTION", "Package: other\nVersion: 1.2.0\n"),
            (name, "demoR/DESCRIPTION", "Package: demoR\nVersion: 1.1.0\n"),
            ("demoR-1.2.0.tar.gz", "demoR/DESCRIPTION", SAID),
            ("demoR_1.2.0.tgz", "demoR/DESCRIPTION", SAID),
        ] {
            assert_eq!(taken(&[source, other]).0.len(), 2, "{other:?}");
        }
    }
}
