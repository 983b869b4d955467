// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Whether a source archive's own files say the release's version: where the product's
//! configuration says that they do, else where such files are at its root.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::ContentRules;
use crate::release::Tree;
use crate::verify::archive::{Faults, printable};
use crate::verify::naming::{INCUBATING, says_incubating, with_candidate};
use crate::verify::pom::Pom;

/// The check's name.
const VERSION: &str = "version";

/// How many bytes of such files are kept.
const MOST_BYTES: usize = 256 << 20;

/// Where a project of any kind says its version, the likeliest first.
const ROOT_FILES: [&str; 5] = ["pom.xml", "Cargo.toml", "pyproject.toml", "setup.py", "package.json"];

/// How many directories deep a module of Maven is looked for.
const DEEPEST: usize = 4;

/// How many modules are looked at.
const MODULES: usize = 2_000;

static SETUP: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?m)^\s*(?:__)?version(?:__)?\s*=\s*["']([^"']+)["']|[(,]\s*version\s*=\s*["']([^"']+)["']"#).ok()
});

/// The files of a source archive that say its version.
#[derive(Debug, Default)]
pub struct SourceVersion {
    files: Tree,
    bytes: usize,
}

impl SourceVersion {
    /// Whether the file at `path` is to be given to [`SourceVersion::take`].
    pub fn wants(rules: &ContentRules, path: &str) -> bool {
        match &rules.version_rules {
            Some(rules) => rules.want(path),
            None => ROOT_FILES.contains(&path) || path.ends_with("/pom.xml") && path.matches('/').count() <= DEEPEST,
        }
    }

    /// Keeps such a file.
    pub fn take(&mut self, path: &str, bytes: &[u8]) {
        self.bytes = self.bytes.saturating_add(bytes.len());
        if self.bytes <= MOST_BYTES {
            self.files.insert(path.to_owned(), bytes.to_vec());
        }
    }

    /// Says which of them say another version; gives how many there are. `name` is the archive's.
    pub fn check(&self, name: &str, rules: &ContentRules, faults: &mut Faults) -> usize {
        let Some(wanted) = rules.version.as_deref() else { return 0 };
        if self.bytes > MOST_BYTES {
            faults.fail(VERSION, "", "the files that say the version are too large to be read");
        } else if let Some(rules) = &rules.version_rules {
            for fault in rules.faults(&self.files, wanted) {
                let detail = format!("found {}, expected {}", printable(&fault.found), fault.expected);
                faults.fail(VERSION, &fault.place, detail);
            }
        } else {
            let incubating = says_incubating(name, wanted);
            self.root_files(&Wanted { version: wanted, incubating, longer: with_candidate(name) }, faults);
        }
        self.files.keys().filter(|path| rules.version_rules.is_some() || ROOT_FILES.contains(&path.as_str())).count()
    }

    /// The first file that says a version has to say this one; another may have a version
    /// of its own.
    fn root_files(&self, wanted: &Wanted<'_>, faults: &mut Faults) {
        let files = ROOT_FILES.iter().filter_map(|path| Some((*path, self.files.get(*path)?)));
        let said = files.filter_map(|(path, bytes)| Some((path, version_in(path, &String::from_utf8_lossy(bytes))?)));
        for (place, (path, version)) in said.enumerate() {
            if wanted.is(&version) {
                continue;
            }
            let mut detail = format!("its version is {}, the release's {}", printable(&version), wanted.version);
            if let Some(longer) = wanted.longer.filter(|longer| same(longer, &version)) {
                detail.push_str(&format!(
                    "; where {0} is no candidate's number but the release's version, --version {0} says so",
                    printable(longer)
                ));
            }
            if place == 0 || is_before(&version, wanted.version) {
                faults.fail(VERSION, path, detail);
            } else {
                faults.warn(VERSION, path, detail);
            }
        }
        self.modules(wanted, faults);
    }

    /// The modules that the root's pom names, and theirs: one may have a version of its own, which is to be known.
    fn modules(&self, wanted: &Wanted<'_>, faults: &mut Faults) {
        let pom = |path: &str| Pom::parse(&String::from_utf8_lossy(self.files.get(path)?)).ok();
        let mut open: Vec<(String, Pom)> = pom("pom.xml").map(|root| (String::new(), root)).into_iter().collect();
        let mut seen = BTreeSet::new();
        while let Some((below, parent)) = open.pop() {
            for module in parent.modules {
                let directory = format!("{below}{}/", module.trim_start_matches("./").trim_end_matches('/'));
                let path = format!("{directory}pom.xml");
                if seen.len() >= MODULES || !seen.insert(path.clone()) {
                    continue;
                }
                let Some(module) = pom(&path) else { continue };
                if !module.is_open() && !wanted.is(&module.version) {
                    let found = printable(&module.version);
                    let detail = format!("its version is {found}, the release's {}", wanted.version);
                    if is_before(&module.version, wanted.version) {
                        faults.fail(VERSION, &path, detail);
                    } else {
                        faults.warn(VERSION, &path, detail);
                    }
                }
                open.push((directory, module));
            }
        }
    }
}

/// The version that the files must say.
struct Wanted<'a> {
    version: &'a str,
    /// Whether the archive's name says that the product is incubating: then its files may say
    /// that behind the version too, or leave it out.
    incubating: bool,
    /// What the archive's name says where a number behind the version was taken for a candidate's.
    longer: Option<&'a str>,
}

impl Wanted<'_> {
    fn is(&self, version: &str) -> bool {
        let bare = |version: &str| version.strip_suffix(INCUBATING).unwrap_or(version).to_owned();
        same(version, self.version) || self.incubating && same(&bare(version), &bare(self.version))
    }
}

/// The version that a file at the root says, where it says one.
fn version_in(path: &str, text: &str) -> Option<String> {
    match path {
        "pom.xml" => Pom::parse(text).ok().filter(|pom| !pom.is_open()).map(|pom| pom.version),
        "package.json" => {
            let json: serde_json::Value = serde_json::from_str(text).ok()?;
            json.get("version")?.as_str().map(str::to_owned)
        }
        "setup.py" => {
            let found = SETUP.as_ref()?.captures(text)?;
            found.get(1).or_else(|| found.get(2)).map(|version| version.as_str().to_owned())
        }
        _ => {
            let toml: toml::Table = text.parse().ok()?;
            let at = |keys: &[&str]| {
                let table = toml.get(keys[0])?;
                keys[1..].iter().try_fold(table, |value, key| value.get(key))?.as_str().map(str::to_owned)
            };
            let places: [&[&str]; 4] = [
                &["package", "version"],
                &["workspace", "package", "version"],
                &["project", "version"],
                &["tool", "poetry", "version"],
            ];
            places.into_iter().find_map(at)
        }
    }
}

/// Whether a version says that it is one before the wanted: `1.2.0.dev0`, `1.2.0-SNAPSHOT`, `1.2.0rc1`.
fn is_before(version: &str, wanted: &str) -> bool {
    let Some(mark) = version.strip_prefix(wanted) else { return false };
    let word: String =
        mark.trim_start_matches(['-', '.', '_', '+']).chars().take_while(char::is_ascii_alphabetic).collect();
    let marks = ["dev", "snapshot", "rc", "a", "alpha", "b", "beta", "c", "m", "pre", "preview"];
    marks.contains(&word.to_ascii_lowercase().as_str())
}

/// Whether two versions are one but for how they are written: `2.0.0-M1` and `2.0.0m1`. A sign
/// between two digits is none of that: `1.2-0` is not `1.20`.
fn same(one: &str, other: &str) -> bool {
    let bare = |version: &str| {
        let mut bare = String::new();
        let mut signs = version.chars().peekable();
        while let Some(sign) = signs.next() {
            let between = |sign: &char| sign.is_ascii_digit();
            let split = bare.ends_with(|last| between(&last)) && signs.peek().is_some_and(between);
            match sign {
                '-' | '_' if split => bare.push('-'),
                '-' | '_' => {}
                _ => bare.extend(sign.to_lowercase()),
            }
        }
        bare
    };
    bare(one) == bare(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{ArchiveForm, Finding, Status};

    fn found(files: &[(&str, &str)]) -> Vec<Finding> {
        found_in("a-1.2.0-src.tgz", files)
    }

    fn found_in(name: &str, files: &[(&str, &str)]) -> Vec<Finding> {
        let rules = ContentRules { version: Some("1.2.0".to_owned()), ..ContentRules::new(ArchiveForm::Source) };
        let (mut versions, mut faults) = (SourceVersion::default(), Faults::default());
        for (path, text) in files.iter().filter(|(path, _)| SourceVersion::wants(&rules, path)) {
            versions.take(path, text.as_bytes());
        }
        versions.check(name, &rules, &mut faults);
        faults.into_findings()
    }

    #[test]
    fn one_version_is_written_in_several_ways() {
        for other in ["2.0.0m1", "2.0.0-m1", "2.0.0_M1", "2.0.0M-1"] {
            assert!(same("2.0.0-M1", other), "{other}");
        }
        for (one, other) in [("1.2-0", "1.20"), ("1.2-0", "1.2.0"), ("2.0.0-M1", "2.0.0-M11"), ("1_1", "11")] {
            assert!(!same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn the_root_says_the_release_s_version() {
        for (path, text) in [
            ("pom.xml", "<project><artifactId>a</artifactId><version>1.2.0</version></project>"),
            ("Cargo.toml", "[package]\nversion = \"1.2.0\"\n"),
            ("Cargo.toml", "[workspace.package]\nversion = \"1.2.0\"\n"),
            ("pyproject.toml", "[project]\nversion = \"1.2.0\"\n"),
            ("setup.py", "setup(name='a', version='1.2.0')\n"),
            ("setup.py", "setup(\n    version = \"1.2.0\",\n)\n"),
            ("package.json", "{\"version\": \"1.2.0\"}"),
        ] {
            assert_eq!(found(&[(path, text)]), [], "{text}");
            let other = found(&[(path, &text.replace("1.2.0", "1.1.9"))]);
            assert_eq!(other.len(), 1, "{text}");
            assert_eq!((other[0].status, other[0].entry.as_deref()), (Status::Fail, Some(path)));
            assert!(other[0].detail.contains("1.1.9"));
        }
        for (path, text) in [
            ("pom.xml", "<project><artifactId>a</artifactId><version>${revision}</version></project>"),
            ("setup.py", "setup(version=VERSION)"),
            ("tools/package.json", "{\"version\": \"7\"}"),
        ] {
            assert_eq!(found(&[(path, text)]), [], "{text}");
        }
    }

    #[test]
    fn a_product_that_is_incubating_may_say_so_behind_its_version() {
        let pom = |version: &str| {
            let modules = "<modules><module>m</module></modules>";
            let root = format!("<project><artifactId>a</artifactId><version>{version}</version>{modules}</project>");
            [("pom.xml", root.clone()), ("m/pom.xml", root.replace(modules, ""))]
        };
        let found = |name: &str, version: &str| {
            let files = pom(version);
            found_in(name, &files.each_ref().map(|(path, text)| (*path, text.as_str()))).len()
        };
        for name in ["a-1.2.0-incubating-src.tgz", "dir/apache-a-1.2.0-incubating-src.zip"] {
            assert_eq!((found(name, "1.2.0-incubating"), found(name, "1.2.0")), (0, 0), "{name}");
            for other in ["1.1.0-incubating", "1.2.0-incubating-SNAPSHOT", "1.2.0-incubated", "1.2.0-M1"] {
                assert_eq!(found(name, other), 2, "{name}: {other}");
            }
        }
        for name in ["a-1.2.0-src.tgz", "a-incubating-1.2.0-src.tgz", "a-1.1.2.0-incubating-src.tgz"] {
            assert_eq!(found(name, "1.2.0-incubating"), 2, "{name}");
        }
    }

    #[test]
    fn a_number_that_may_be_a_candidate_s_or_the_version_s_is_asked_for() {
        let pom = |version: &str| format!("<project><artifactId>a</artifactId><version>{version}</version></project>");
        let found = |name: &str, version: &str| {
            let found = found_in(name, &[("pom.xml", &pom(version))]);
            found.into_iter().map(|finding| (finding.status, finding.detail)).collect::<Vec<_>>()
        };
        let [(Status::Fail, why)] = &found("apache-a-1.2.0-RC1-src.tgz", "1.2.0-RC1")[..] else { panic!() };
        assert!(why.ends_with("but the release's version, --version 1.2.0-RC1 says so"), "{why}");
        let [(Status::Fail, why)] = &found("apache-a-1.2.0-RC1-src.tgz", "1.2.0-RC2")[..] else { panic!() };
        assert!(!why.contains("--version"), "{why}");
        for version in ["1.2.0", "1.2.0-incubating"] {
            assert_eq!(found("apache-a-1.2.0-rc1-incubating-src.tgz", version), [], "{version}");
        }
    }

    #[test]
    fn a_version_before_the_release_s_is_none_anywhere() {
        let pom = "<project><artifactId>a</artifactId><version>1.2.0</version></project>";
        for (path, text) in [
            ("setup.py", "setup(version='1.2.0.dev0')"),
            ("Cargo.toml", "[package]\nversion = \"1.2.0-snapshot\"\n"),
            ("package.json", "{\"version\": \"1.2.0-rc.1\"}"),
        ] {
            let both = found(&[("pom.xml", pom), (path, text)]);
            assert_eq!((both.len(), both[0].status, both[0].entry.as_deref()), (1, Status::Fail, Some(path)));
        }
        assert!(is_before("1.2.0b2", "1.2.0") && is_before("1.2.0-SNAPSHOT", "1.2.0"));
        assert!(!is_before("1.2.0-1.17", "1.2.0") && !is_before("1.2.0.1", "1.2.0") && !is_before("1.1.0", "1.2.0"));
    }

    #[test]
    fn a_module_of_another_version_is_told() {
        let root = "<project><artifactId>a</artifactId><version>1.2.0</version><modules><module>m</module><module>./n/</module></modules></project>";
        let of = |version: &str| format!("<project><artifactId>m</artifactId><version>{version}</version></project>");
        let of_parent = "<project><parent><version>1.2.0</version></parent><artifactId>n</artifactId><modules><module>o</module></modules></project>";
        let files = |version: &str| {
            found(&[
                ("pom.xml", root),
                ("m/pom.xml", &of(version)),
                ("n/pom.xml", of_parent),
                ("n/o/pom.xml", &of("1.2.0")),
                ("tests/pom.xml", &of("0.1")),
            ])
        };
        assert_eq!(files("1.2.0"), []);
        let other = files("1.1.0");
        assert_eq!((other.len(), other[0].status, other[0].entry.as_deref()), (1, Status::Warn, Some("m/pom.xml")));
        assert_eq!(files("1.2.0-SNAPSHOT")[0].status, Status::Fail);
    }

    #[test]
    fn only_the_first_has_to() {
        let pom = "<project><artifactId>a</artifactId><version>1.2.0</version></project>";
        let both = found(&[("pom.xml", pom), ("package.json", "{\"version\": \"0.0.1\"}")]);
        assert_eq!(both.len(), 1);
        assert_eq!((both[0].status, both[0].entry.as_deref()), (Status::Warn, Some("package.json")));
    }
}
