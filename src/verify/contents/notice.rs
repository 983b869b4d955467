// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! LICENSE and NOTICE: that they are there, at their place, and say what they must.
//! <https://infra.apache.org/licensing-howto.html> and the release policy want them.

use std::sync::LazyLock;

use super::{ArchiveForm, ContentRules};
use crate::verify::archive::Faults;

/// The check's name.
pub const NOTICE: &str = "licence-notice";

/// Who holds the copyright where nothing else is said.
const FOUNDATION: &str = "The Apache Software Foundation";

/// The terms of the licence, each run of blanks one space.
static TERMS: LazyLock<String> = LazyLock::new(|| {
    let text = spaced(include_str!("../../../LICENSE"));
    let from = text.find("TERMS AND CONDITIONS FOR USE").unwrap_or(0);
    let end = "END OF TERMS AND CONDITIONS";
    let to = text.find(end).map_or(text.len(), |at| at + end.len());
    text[from..to].to_owned()
});

/// Which of the two a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Legal {
    /// LICENSE.
    Licence,
    /// NOTICE.
    Notice,
}

/// The two files, as far as they were found.
#[derive(Debug, Default)]
pub struct LegalTexts {
    licence: Option<String>,
    notice: Option<String>,
}

impl Legal {
    /// What the file at `path` is in an archive of this form.
    pub fn of(form: ArchiveForm, path: &str) -> Option<Self> {
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        let right = match form {
            ArchiveForm::Source
            | ArchiveForm::Sdist
            | ArchiveForm::Npm
            | ArchiveForm::R
            | ArchiveForm::Crate
            | ArchiveForm::Other => directory.is_empty(),
            ArchiveForm::Jar => directory == "META-INF",
            ArchiveForm::Wheel => {
                let information = directory.strip_suffix("/licenses").unwrap_or(directory);
                directory.is_empty() || information.ends_with(".dist-info") && !information.contains('/')
            }
        };
        match name {
            "LICENSE" | "LICENSE.txt" if right => Some(Self::Licence),
            "NOTICE" | "NOTICE.txt" if right => Some(Self::Notice),
            _ => None,
        }
    }
}

impl LegalTexts {
    /// Takes the text of one of them.
    pub fn take(&mut self, legal: Legal, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes).into_owned();
        match legal {
            Legal::Licence => self.licence.get_or_insert(text),
            Legal::Notice => self.notice.get_or_insert(text),
        };
    }

    /// Says what is missing in them, or of them, in an archive that turned out to be of
    /// `form`; `newest` is the year of its newest file.
    pub fn check(&self, form: ArchiveForm, rules: &ContentRules, newest: Option<u16>, faults: &mut Faults) {
        let place = match form {
            ArchiveForm::Jar => "META-INF/",
            ArchiveForm::Wheel => "the .dist-info directory",
            _ => "the root directory",
        };
        // a package for R names its licence in DESCRIPTION, and R objects to other files at the root
        let absent = |name: &str, faults: &mut Faults| {
            let detail = format!("there is no {name} in {place}");
            if form == ArchiveForm::R {
                faults.warn(NOTICE, name, detail);
            } else {
                faults.fail(NOTICE, name, detail);
            }
        };
        match &self.licence {
            None => absent("LICENSE", faults),
            Some(text) if !spaced(text).contains(TERMS.as_str()) => {
                faults.fail(NOTICE, "LICENSE", "it is not the text of the Apache License 2.0");
            }
            Some(_) => {}
        }
        match &self.notice {
            None => absent("NOTICE", faults),
            Some(text) => notice_faults(text, rules, newest, faults),
        }
        let product = rules.product.as_deref().map_or(String::new(), |product| format!("{product}, "));
        let reach = newest.map_or(String::new(), |year| format!("; its newest file is of {year}"));
        let detail = || format!("LICENSE is the Apache License 2.0, NOTICE names {product}years and owner{reach}");
        if self.licence.is_some() && self.notice.is_some() {
            faults.settle(NOTICE, detail);
        }
    }
}

fn notice_faults(text: &str, rules: &ContentRules, newest: Option<u16>, faults: &mut Faults) {
    let text = spaced(text);
    if let Some(product) = rules.product.as_deref().filter(|product| !text.contains(*product)) {
        faults.fail(NOTICE, "NOTICE", format!("it does not name {product}"));
    }
    let owner = rules.copyright_owner.as_deref().unwrap_or(FOUNDATION);
    match copyright(&text, owner) {
        None => faults.fail(NOTICE, "NOTICE", format!("it has no line `Copyright YEARS {owner}`")),
        Some((first, last)) if first > last => {
            faults.fail(NOTICE, "NOTICE", format!("its copyright is of {first}-{last}, which runs backwards"));
        }
        Some((from, to)) => {
            if let Some(year) = rules.year.filter(|year| !(from..=to).contains(year)) {
                faults.fail(NOTICE, "NOTICE", format!("its copyright is of {from}-{to}, without {year}"));
            } else if let Some(year) = newest.filter(|year| *year > to) {
                faults.warn(NOTICE, "NOTICE", format!("its copyright ends with {to}, the newest file is of {year}"));
            }
        }
    }
    let developed = ["developed at The Apache Software Foundation", "developed by The Apache Software Foundation"];
    if owner == FOUNDATION && !developed.iter().any(|words| text.contains(words)) {
        faults.fail(NOTICE, "NOTICE", format!("it does not say `developed at {FOUNDATION}`"));
    }
}

/// The first and last year of `Copyright 2014-2023 OWNER`.
fn copyright(text: &str, owner: &str) -> Option<(u16, u16)> {
    text.match_indices("Copyright ").find_map(|(at, sign)| {
        let rest = &text[at + sign.len()..];
        let years = &rest[..rest.find(owner)?];
        let signs: &[char] = &[' ', ',', '-', '\u{2013}', '\u{a9}'];
        let years = years.trim_start_matches("(c)").trim_start_matches("(C)");
        let numbers: Option<Vec<u16>> =
            years.split(signs).filter(|year| !year.is_empty()).map(|year| year.parse().ok()).collect();
        let numbers = numbers?;
        // "2014, 2012" is a list; "2031-2014" is no span
        let span = years.contains(['-', '\u{2013}']);
        let (first, last) = (numbers.first().copied()?, numbers.last().copied()?);
        if span && first > last {
            return Some((first, last));
        }
        numbers.iter().min().copied().zip(numbers.iter().max().copied())
    })
}

fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(notice: &str, owner: Option<&str>) -> Vec<String> {
        let copyright_owner = owner.map(str::to_owned);
        let rules = ContentRules { copyright_owner, ..ContentRules::new(ArchiveForm::Source) };
        let mut faults = Faults::default();
        notice_faults(notice, &rules, None, &mut faults);
        faults.into_findings().into_iter().map(|finding| finding.detail).collect()
    }

    #[test]
    fn the_owner_is_the_one_that_the_configuration_names() {
        let foundation = "Apache Demo\nCopyright 2026 The Apache Software Foundation\n\
            This product includes software developed at\nThe Apache Software Foundation.\n";
        let own = "Demo\nCopyright 2026 the Demo developers\n";
        assert_eq!(faults(foundation, None), [""; 0]);
        assert_eq!(faults(own, Some("the Demo developers")), [""; 0]);
        // the one is none of the other's
        assert_eq!(
            faults(own, None),
            [
                "it has no line `Copyright YEARS The Apache Software Foundation`",
                "it does not say `developed at The Apache Software Foundation`",
            ]
        );
        assert_eq!(
            faults(foundation, Some("the Demo developers")),
            ["it has no line `Copyright YEARS the Demo developers`"]
        );
        assert_eq!(faults(&own.replace("2026", "2026-2020"), Some("the Demo developers")).len(), 1);
        // the foundation asks for its line where it is named as well
        let without = "Demo\nCopyright 2026 The Apache Software Foundation\n";
        assert_eq!(faults(without, Some("The Apache Software Foundation")).len(), 1);
    }
}
