// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Which names say that a file is a source release, however they say it: `-src`, `.src`,
//! `_src_`, `1.2.0src`, `-srcs`, `-src(1)`. Wider than what makes an archive one that is held
//! against the rules: what only looks like a source release must not be out of sight.

use std::collections::BTreeSet;

use super::ArchiveKind;
use super::naming::{bare_name, says_built};

/// The words that say it.
const WORDS: [&str; 6] = ["src", "srcs", "source", "sources", "sourcecode", "sourcerelease"];

/// How files are called in which sources are a matter of course, or which have a form of their own.
const PACKAGES: [&str; 6] = [".jar", ".war", ".ear", ".nar", ".whl", ".crate"];

/// How texts about a source release are called: what is said of it, and not it.
const TEXTS: [&str; 13] = [
    ".json",
    ".jsonl",
    ".xml",
    ".pom",
    ".module",
    ".txt",
    ".md",
    ".html",
    ".pdf",
    ".yaml",
    ".yml",
    ".spdx",
    ".buildinfo",
];

/// Whether the name of a file says that it is a source release; `sources` are the names of those that
/// are held as such: one word less than theirs is a part of what their product is called.
pub(super) fn claims_source(name: &str, sources: &BTreeSet<String>) -> bool {
    let lower = name.to_ascii_lowercase();
    if PACKAGES.iter().chain(&TEXTS).any(|ending| lower.ends_with(ending)) {
        return false;
    }
    let of_product = sources.iter().map(|source| count(source).saturating_sub(1)).min().unwrap_or(0);
    count(&lower) > of_product
}

/// The source archive of `sources` that is called as the archive is but for what says that it is the source.
pub(super) fn twin<'a>(name: &str, sources: &'a BTreeSet<String>) -> Option<&'a str> {
    let lower = name.to_ascii_lowercase();
    if ArchiveKind::of_name(name).is_none() || says_built(name) || PACKAGES.iter().any(|ending| lower.ends_with(ending))
    {
        return None;
    }
    let bare = |name: &str| {
        let name = bare_name(name).replace('_', "-");
        name.strip_prefix("apache-").map_or_else(|| name.clone(), str::to_owned)
    };
    sources.iter().map(String::as_str).find(|source| count(source) > 0 && bare(source) == bare(name))
}

/// How many of the words of a name say that it is the source. A digit ends a word as a sign does.
fn count(name: &str) -> usize {
    let lower = name.to_ascii_lowercase();
    lower.split(|sign: char| !sign.is_alphabetic()).filter(|word| WORDS.contains(word)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_name_says_that_it_is_the_source_in_many_ways() {
        let held = sources(&["apache-foo-1.2.0-src.tgz"]);
        for name in [
            "apache-foo-1.2.0.src.tgz",
            "apache-foo-1.2.0src.tgz",
            "apache-foo_src_1.2.0.zip",
            "src-apache-foo-1.2.0.tgz",
            "apache-foo-1.2.0-sources.zip",
            "apache-foo-1.2.0-srcs.zip",
            "apache-foo-1.2.0-Src2.tgz",
            "apache-foo-1.2.0-src_2.tgz",
            "apache-foo-1.2.0-src(1).tgz",
            "apache-foo-1.2.0-src.tar.br",
            "apache-foo-1.2.0-src.tgz.bak",
            "apache-foo-1.2.0-src.tar.gz.part",
            "apache-foo-1.2.0-src",
            "apache-foo-1.2.0-src.bin",
        ] {
            assert!(claims_source(name, &held), "{name}");
        }
        for name in [
            "apache-foo-1.2.0-bin.tgz",
            "apache-foo-1.2.0-sources.jar",
            "apache-foo-1.2.0-test-sources.jar",
            "foo-src-1.2.0.crate",
            "apache-foo-1.2.0-src.spdx.json",
            "apache-foo-resource-1.2.0.tgz",
            "foo_2.13-1.2.0.tgz",
        ] {
            assert!(!claims_source(name, &held), "{name}");
        }
        let open = sources(&["foo-open-source-1.2.0-src.tgz"]);
        assert!(!claims_source("foo-open-source-1.2.0-linux.tgz", &open));
        assert!(claims_source("foo-open-source-1.2.0.src.tgz", &open));
    }

    #[test]
    fn an_archive_may_be_called_as_the_source_is_but_for_the_word() {
        let held = sources(&["apache-foo-1.2.0-rc1-src.tgz", "bar-src-1.0.zip", "spark-3.5.0.tgz"]);
        for name in ["apache-foo-1.2.0.tgz", "foo-1.2.0.zip", "APACHE-FOO-1.2.0.tar.gz", "apache_foo-1.2.0-rc1.tar"] {
            assert_eq!(twin(name, &held), Some("apache-foo-1.2.0-rc1-src.tgz"), "{name}");
        }
        assert_eq!(twin("bar-1.0.zip", &held), Some("bar-src-1.0.zip"));
        for name in ["foo-1.2.0-bin.tgz", "foo_2.13-1.2.0.tgz", "foo-1.2.0.jar", "foo-1.2.1.tgz", "spark-3.5.0.zip"] {
            assert_eq!(twin(name, &held), None, "{name}");
        }
    }
}
