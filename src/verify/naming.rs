// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What the names of a release's files say where no configuration names them: which are
//! the source release, which version, which directory is in it. The ways to name them are
//! those of the foundation's release directories: `kafka-3.9.0-src.tgz`,
//! `apache-maven-3.9.9-src.tar.gz`, `doxia-1.8-source-release.zip`, `spark-3.5.0.tgz`.

use std::collections::BTreeSet;

use super::product::{says_source, version_in};
use super::signature::printable;
use super::source_words::claims_source;
use super::{ArchiveForm, ArchiveKind, Coordinates, Finding, Layout, Listed, ProductRules};

/// That the names of the files say another version than `version`, and none says that one.
pub fn names_say_another(version: &str, files: &[Listed]) -> Option<Finding> {
    if files.iter().any(|file| says(file.path.rsplit('/').next().unwrap_or(&file.path), version)) {
        return None;
    }
    let archives: Vec<String> = names(files).collect();
    let others: BTreeSet<&str> = archives.iter().filter_map(|name| version_of(name)).collect();
    (!others.is_empty()).then(|| {
        let others = printable(&others.into_iter().take(3).collect::<Vec<_>>().join(", "));
        Finding::fail("release", format!("no file's name says version {}; they say {others}", printable(version)))
    })
}

/// The archives whose names say another version than `version`, where some say that one: those that are
/// called as one of this version is are another release's, the others may be.
pub fn names_of_others(version: &str, files: &[Listed]) -> Vec<Finding> {
    let (of_it, others): (Vec<String>, Vec<String>) =
        names(files).filter(|name| version_of(name).is_some()).partition(|name| says(name, version));
    if of_it.is_empty() {
        return Vec::new();
    }
    let products: BTreeSet<&str> = of_it.iter().filter_map(|name| product_of(name)).collect();
    let (same, foreign): (Vec<String>, Vec<String>) =
        others.into_iter().partition(|name| product_of(name).is_some_and(|product| products.contains(product)));
    let version = printable(version);
    let same =
        shown(&same).map(|names| Finding::fail("release", format!("{names}: not of version {version} by the name")));
    let foreign = shown(&foreign).map(|names| {
        let question = "does it belong to this release?";
        Finding::warn("release", format!("{names}: not of version {version} by the name; {question}"))
    });
    same.into_iter().chain(foreign).collect()
}

/// The first of the names, and how many more there are.
fn shown(others: &[String]) -> Option<String> {
    if others.is_empty() {
        return None;
    }
    let more = others.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let shown: Vec<String> = others.iter().take(SHOWN).map(|name| printable(name)).collect();
    Some(format!("{}{more}", shown.join(", ")))
}

/// What stands before the version, and says of which product an archive is.
fn product_of(name: &str) -> Option<&str> {
    let version = version_of(name)?;
    let before = &name[..name.find(version)?];
    let before = before.strip_suffix("-v").unwrap_or(before).trim_end_matches(['-', '_']);
    let before = MARKS.iter().find_map(|mark| before.strip_suffix(mark)).unwrap_or(before);
    Some(before.strip_prefix("apache-").unwrap_or(before))
}

/// How many names of another version are shown.
const SHOWN: usize = 5;

/// Whether `version` stands in the name, with nothing of a number before and behind it.
fn says(name: &str, version: &str) -> bool {
    name.match_indices(version).any(|(at, _)| {
        let before = name[..at].chars().next_back();
        let mut behind = name[at + version.len()..].chars();
        let next = behind.next();
        let goes_on = next.is_some_and(|sign| sign.is_ascii_digit())
            || (next == Some('.') && behind.next().is_some_and(|sign| sign.is_ascii_digit()));
        !before.is_some_and(|sign| sign.is_ascii_digit() || sign == '.') && !goes_on
    })
}

/// What stands behind the version of a podling's release.
pub(super) const INCUBATING: &str = "-incubating";

/// Whether the file at `path` says behind the version that the product is incubating:
/// `apache-demo-1.0.0-incubating-src.tgz`.
pub(super) fn says_incubating(path: &str, version: &str) -> bool {
    let version = version.strip_suffix(INCUBATING).unwrap_or(version);
    let name = path.rsplit('/').next().unwrap_or(path);
    says(name, &format!("{version}{INCUBATING}"))
        || with_candidate(name)
            .is_some_and(|longer| without_candidate(longer) == version && says(name, &format!("{longer}{INCUBATING}")))
}

/// What comes behind name and version, and is no part of either.
const MARKS: [&str; 9] =
    ["-source-release", "-sources", "-source", "-src", "-bin", "_src", ".src", "_source", ".source"];

/// How the names of archives end.
const ENDINGS: [&str; 12] =
    [".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar", ".zip", ".jar", ".war", ".ear", ".whl", ".nar", ".crate"];

/// What stands in the name of an archive that is built for convenience.
const BUILT: [&str; 6] = ["bin", "binary", "javadoc", "docs", "site", "dist"];

impl ProductRules {
    /// The rules for a release of any project, of whose files these are; `version` is the
    /// one that the user names.
    pub fn of_any(version: Option<String>, files: &[Listed]) -> Self {
        let sources = sources(files);
        let version = version
            .or_else(|| the_version(&sources))
            .or_else(|| of_places(files))
            .or_else(|| version_in(files).map(|version| version.to_string()))
            .or_else(|| the_version(&names(files).collect()));
        Self { version, sources, ..Self::default() }
    }
}

/// The version that all places of a Maven repository say: `1.0.0-incubating`, `2.0.0-M1`.
fn of_places(files: &[Listed]) -> Option<String> {
    let all = files.iter().filter_map(|file| Coordinates::of(&file.path));
    let versions: BTreeSet<&str> = all.map(|coordinates| coordinates.version).collect();
    let one = Layout::of(files) == Layout::Maven && versions.len() == 1;
    versions.first().filter(|_| one).map(|version| (*version).to_owned())
}

/// The version that all of the names have that have one.
fn the_version(names: &BTreeSet<String>) -> Option<String> {
    let versions: BTreeSet<&str> = names.iter().filter_map(|name| version_of(name)).collect();
    versions.first().filter(|_| versions.len() == 1).map(|version| (*version).to_owned())
}

/// The source archives: those that say that they are; else, since every release has one,
/// those that do not say that they are something else.
fn sources(files: &[Listed]) -> BTreeSet<String> {
    let said: BTreeSet<String> = names(files).filter(|name| says_source(name)).collect();
    if !said.is_empty() {
        return said;
    }
    let said: BTreeSet<String> = names(files).filter(|name| claims_source(name, &said) && !says_built(name)).collect();
    if !said.is_empty() {
        return said;
    }
    let may_be = |name: &String| {
        ArchiveForm::of_name(name) == ArchiveForm::Other && version_of(name).is_some() && !says_built(name)
    };
    names(files).filter(may_be).collect()
}

/// Whether the name of an archive says that it was built for convenience.
pub(super) fn says_built(name: &str) -> bool {
    name.split(['-', '_', '.']).any(|word| BUILT.contains(&word))
}

/// The names of the archives.
fn names(files: &[Listed]) -> impl Iterator<Item = String> + '_ {
    let names = files.iter().map(|file| file.path.rsplit('/').next().unwrap_or(&file.path));
    names.filter(|name| ArchiveKind::of_name(name).is_some()).map(str::to_owned)
}

/// The name without the endings of an archive and without what says which kind it is.
fn stem(name: &str) -> &str {
    let stem = whole(name);
    MARKS.iter().find_map(|mark| stem.strip_suffix(mark)).unwrap_or(stem)
}

/// What stands behind the name: from the first part on that begins with a digit, or with
/// `v` and a digit. A candidate's number is no part of it.
fn version_of(name: &str) -> Option<&str> {
    if name.ends_with(".whl") {
        // NAME-VERSION-PYTHON-ABI-PLATFORM.whl
        return name.split('-').nth(1).filter(|version| version.starts_with(|sign: char| sign.is_ascii_digit()));
    }
    let stem = stem(name);
    let stem = without_candidate(stem.strip_suffix(INCUBATING).unwrap_or(stem));
    version_at_end(stem)
}

/// The version with the candidate's number behind it, `1.2.0-RC1` of `demo-1.2.0-RC1-src.tgz`, where the name
/// of the archive at `path` has one: whose number it is the name does not say.
pub(super) fn with_candidate(path: &str) -> Option<&str> {
    let stem = stem(path.rsplit('/').next().unwrap_or(path));
    let stem = stem.strip_suffix(INCUBATING).unwrap_or(stem);
    (without_candidate(stem) != stem).then(|| version_at_end(stem))?
}

fn version_at_end(stem: &str) -> Option<&str> {
    let digit = |text: &str| text.starts_with(|sign: char| sign.is_ascii_digit());
    let at = stem.match_indices(['-', '_']).find_map(|(at, _)| {
        let rest = &stem[at + 1..];
        let rest = rest.strip_prefix('v').filter(|rest| digit(rest)).unwrap_or(rest);
        (digit(rest) && rest.contains('.')).then(|| stem.len() - rest.len())
    })?;
    let version = &stem[at..];
    Some(version.strip_suffix(INCUBATING).unwrap_or(version))
}

fn without_candidate(stem: &str) -> &str {
    let Some((name, last)) = stem.rsplit_once(['-', '.']) else { return stem };
    let number = last.strip_prefix("rc").or_else(|| last.strip_prefix("RC"));
    if number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit())) { name } else { stem }
}

/// The name of an archive in lower case without its ending, what says which kind it is, and a candidate's number.
pub(super) fn bare_name(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let bare = without_candidate(stem(&lower));
    without_mark(bare).unwrap_or_else(|| bare.to_owned())
}

/// The same without what says before the version that it is the source: `groovy-4.0.15` of
/// `groovy-src-4.0.15`.
fn without_mark(root: &str) -> Option<String> {
    let version = |text: &str| text.strip_prefix('v').unwrap_or(text).starts_with(|sign: char| sign.is_ascii_digit());
    let split = |mark: &&str| root.split_once(&format!("{mark}-"));
    let of_source = MARKS.iter().filter(|mark| **mark != "-bin");
    let (name, behind) = of_source.filter_map(split).find(|(_, behind)| version(behind))?;
    Some(format!("{name}-{behind}"))
}

/// The name without the ending of an archive.
fn whole(name: &str) -> &str {
    ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

/// What the one directory in a source archive may be called: as the archive is, with or
/// without what says that it is the source, a candidate's number, and "apache-".
pub(super) fn roots_of(name: &str) -> Vec<String> {
    let mut roots = Vec::new();
    let all = [without_candidate(stem(name)), stem(name), whole(name)];
    let unmarked = without_mark(all[0]);
    // the candidate's number may stand before what says that the product is incubating
    let podling = all[1].strip_suffix(INCUBATING).map(without_candidate);
    let podling = podling.map(|root| [root.to_owned(), format!("{root}{INCUBATING}")]).unwrap_or_default();
    let podling = podling.iter().map(String::as_str).filter(|root| !root.is_empty());
    for root in all.into_iter().chain(unmarked.as_deref()).chain(podling) {
        let other = root.strip_prefix("apache-").map_or_else(|| format!("apache-{root}"), str::to_owned);
        for root in [root.to_owned(), other] {
            if !roots.contains(&root) {
                roots.push(root);
            }
        }
    }
    roots
}

/// What the one directory of a Python source distribution may be called: as the file is,
/// with hyphens or underscores in the name (PEP 625).
pub(super) fn sdist_roots(name: &str) -> Vec<String> {
    let whole = whole(name);
    let mut roots = vec![whole.to_owned()];
    if let Some((name, version)) = whole.rsplit_once('-') {
        for root in [format!("{}-{version}", name.replace('-', "_")), format!("{}-{version}", name.replace('_', "-"))] {
            if !roots.contains(&root) {
                roots.push(root);
            }
        }
    }
    roots
}

/// What the one directory of a package for Cargo is called: as the file is, `NAME-VERSION`.
pub(super) fn crate_root(name: &str) -> String {
    whole(name).to_owned()
}

/// Whether the one directory of an archive that is built may be called `root`: as the
/// archive is, which may say more, `demo-1.0` in `demo-1.0-bin-scala_2.12.tgz`.
pub(super) fn fits_root(name: &str, root: &str) -> bool {
    let bare = |name: &str| name.strip_prefix("apache-").unwrap_or(name).to_owned();
    let more = bare(whole(name)).strip_prefix(&bare(root)).is_some_and(|more| more.starts_with(['-', '_']));
    more || roots_of(name).iter().any(|wanted| wanted == root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::Status;

    fn listed(names: &[&str]) -> Vec<Listed> {
        names.iter().map(|name| Listed { path: (*name).to_owned(), bytes: 1 }).collect()
    }

    #[test]
    fn names_say_which_version_it_is() {
        for (name, version) in [
            ("kafka-3.9.0-src.tgz", Some("3.9.0")),
            ("apache-maven-3.9.9-src.tar.gz", Some("3.9.9")),
            ("doxia-1.8-source-release.zip", Some("1.8")),
            ("apache-tvm-src-v0.9.0.tar.gz", Some("0.9.0")),
            ("apache-cloudberry-2.1.0-incubating-src.tar.gz", Some("2.1.0")),
            ("demo-2.0.0-M1-rc2-src.tgz", Some("2.0.0-M1")),
            ("demo-1.2.0-rc1-incubating-src.tgz", Some("1.2.0")),
            ("apache-demo-5.6.3_src.tgz", Some("5.6.3")),
            ("demo-tools-1.2.0.crate", Some("1.2.0")),
            ("apache_demo-1.2-py3-none-any.whl", Some("1.2")),
            ("apache_demo-1.2.0rc1-cp312-cp312-win_amd64.whl", Some("1.2.0rc1")),
            ("log4j2-demo.zip", None),
            ("demo.tar.gz", None),
        ] {
            assert_eq!(version_of(name), version, "{name}");
        }
    }

    #[test]
    fn a_version_that_no_name_says_is_another() {
        let another = |version: &str, names: &[&str]| names_say_another(version, &listed(names)).is_some();
        let files = ["greeter-1.2.0-src.tgz", "greeter-1.2.0-src.tgz.asc", "KEYS"];
        assert!(!another("1.2.0", &files));
        for version in ["1.2", "2.0", "1.2.0.1", "1.3.0", "11.2.0"] {
            assert!(another(version, &files), "{version}");
        }
        assert!(!another("2.0.0-M1", &["demo-2.0.0-M1-src.tgz"]) && !another("1.2.0", &["demo.tgz"]));
        assert!(!another("1.2.0", &["apache_greeter-1.2.0.tar.gz", "greeter-tool-9.9.9.zip"]));
    }

    #[test]
    fn an_archive_of_another_version_is_shown() {
        let others = |names: &[&str]| {
            let found = names_of_others("1.2.0", &listed(names));
            found.into_iter().map(|finding| (finding.status, finding.detail)).collect::<Vec<_>>()
        };
        assert_eq!(others(&["greeter-1.2.0-src.tgz", "kafka_2.13-1.2.0.tgz", "demo.tgz", "a-1.19-b-1.2.0.jar"]), []);
        for other in ["greeter-1.1.0-bin.tgz", "apache-greeter-1.3.0-bin.zip", "greeter-src-v1.3.0.tgz"] {
            let [(status, said)] = &others(&["greeter-1.2.0-src.tgz", other])[..] else { panic!("{other}") };
            assert_eq!(*status, Status::Fail, "{other}: of this product, and of another release");
            assert!(said.starts_with(&format!("{other}: not of version 1.2.0")), "{said}");
        }
        let [(status, said)] = &others(&["greeter-1.2.0-src.tgz", "tool-9.9.9.zip"])[..] else { panic!() };
        assert_eq!((*status, said.ends_with("does it belong to this release?")), (Status::Warn, true));
        assert_eq!(others(&["greeter-1.1.0-bin.tgz"]), [], "none is of it: that is told as a fault");
        let names: Vec<String> =
            (0..9).map(|at| format!("greeter-1.1.{at}.jar")).chain(["greeter-1.2.0.jar".into()]).collect();
        let said = &others(&names.iter().map(String::as_str).collect::<Vec<_>>())[0].1;
        assert!(said.contains("greeter-1.1.4.jar and 4 more"), "{said}");
    }

    #[test]
    fn the_source_release_is_found_by_what_the_names_say() {
        let found = |names: &[&str]| sources(&listed(names)).into_iter().collect::<Vec<_>>();
        let both = ["kafka-3.9.0-src.tgz", "kafka-3.9.0-src.tgz.asc", "kafka_2.13-3.9.0.tgz"];
        assert_eq!(found(&both), ["kafka-3.9.0-src.tgz"]);
        assert_eq!(found(&["spark-3.5.0.tgz", "spark-3.5.0-bin-hadoop3.tgz"]), ["spark-3.5.0.tgz"]);
        assert_eq!(found(&["demo-1.0-sources.jar", "demo-1.0.jar"]), [""; 0]);
        assert_eq!(found(&["demo-1.0.0.tgz", "demo-1.0.0.crate", "demo-src-1.0.0.crate"]), ["demo-1.0.0.tgz"]);
        let rules = ProductRules::of_any(None, &listed(&both));
        assert_eq!(rules.version.as_deref(), Some("3.9.0"));
        assert!(rules.is_source("kafka-3.9.0-src.tgz") && !rules.is_source("kafka_2.13-3.9.0.tgz"));
    }

    #[test]
    fn the_version_of_a_repository_is_that_of_its_places() {
        let version = |names: &[&str]| ProductRules::of_any(None, &listed(names)).version;
        let of = |artifact: &str, version: &str| format!("org/demo/{artifact}/{version}/{artifact}-{version}.pom");
        let (core, other) = (of("core", "1.0.0-incubating"), of("other", "1.0.0-incubating"));
        assert_eq!(version(&[&core, &format!("{core}.asc"), &other]).as_deref(), Some("1.0.0-incubating"));
        assert_eq!(version(&[&core, &of("other", "1.0.0")]).as_deref(), Some("1.0.0"));
        assert_eq!(version(&["apache-demo-1.0.0-incubating-src.tgz"]).as_deref(), Some("1.0.0"));
        for qualified in ["1.2.0-M1", "1.2.0-rc1", "2.0.0-beta-2", "4.1.0-2.0"] {
            assert_eq!(version(&[&of("core", qualified), &of("other", qualified)]).as_deref(), Some(qualified));
        }
    }

    #[test]
    fn the_directory_is_called_as_the_archive_is() {
        let roots = roots_of("apache-demo-1.0.0-rc1-src.tgz");
        for root in ["apache-demo-1.0.0", "demo-1.0.0", "apache-demo-1.0.0-rc1-src", "demo-1.0.0-rc1"] {
            assert!(roots.iter().any(|one| one == root), "{root}: {roots:?}");
        }
        assert_eq!(roots[0], "apache-demo-1.0.0");
        assert!(!roots.iter().any(|root| root == "demo-1.0.1"));
        let roots = roots_of("apache-demo-src-4.0.15.zip");
        for root in ["apache-demo-src-4.0.15", "demo-src-4.0.15", "apache-demo-4.0.15", "demo-4.0.15"] {
            assert!(roots.iter().any(|one| one == root), "{root}: {roots:?}");
        }
        assert_eq!(roots.len(), 4);
        for (name, other) in [("demo-src-tools-1.0.zip", "demo-tools-1.0"), ("demo-bin-1.0-src.tgz", "demo-1.0")] {
            assert!(!roots_of(name).iter().any(|root| root == other), "{name}");
        }
        assert_eq!(sdist_roots("apache-demo-1.0.0.tar.gz"), ["apache-demo-1.0.0", "apache_demo-1.0.0"]);
        for (name, root) in [
            ("demo-1.0.0-bin.tgz", "demo-1.0.0"),
            ("demo_2.13-1.0.0.tgz", "demo_2.13-1.0.0"),
            ("demo-1.0.0-bin-scala_2.12.tgz", "demo-1.0.0"),
            ("demo-1.0.0-bin.zip", "apache-demo-1.0.0"),
        ] {
            assert!(fits_root(name, root), "{name}: {root}");
        }
        assert!(!fits_root("demo-1.0.0-bin.tgz", "demo-1.0") && !fits_root("demo-1.0.0-bin.tgz", "other-1.0.0"));
    }
}
