// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! A report in the forms that people and machines read.

mod github;
mod junit;
mod sarif;
mod text;

pub use github::github;
pub use junit::junit;
pub use sarif::sarif;
pub use text::{Paint, text};

use super::file_names::{name_fault, shown_name};
use super::{Finding, Report};
use crate::release::has_no_width;

/// What the verdict says where the source archive was held against no tag.
const SOURCE_UNHELD: &str = "the source was not held against the repository, as no --source-tag was named";

/// Every finding with the path that it is about: the file's, with the entry where it
/// is about one inside; `None` for the candidate as a whole.
fn located(report: &Report) -> impl Iterator<Item = (Option<String>, &Finding)> {
    let of_files = report
        .files
        .iter()
        .flat_map(|file| file.checks.iter().map(move |finding| (Some(place(&file.path, finding)), finding)));
    of_files.chain(report.checks.iter().map(|finding| (finding.entry.clone(), finding)))
}

/// The names of files that a person sees as others, and how they are shown.
struct OddNames(Vec<(String, String)>);

impl OddNames {
    fn of(report: &Report) -> Self {
        let names = report.files.iter().filter_map(|file| file.path.rsplit('/').next());
        let odd = names.filter(|name| name_fault(name).is_some_and(|_| !name.is_ascii() || name.contains('\n')));
        Self(odd.map(|name| (name.to_owned(), shown_name(name))).collect())
    }

    /// The text with all such names in it, and signs that nobody sees, written out.
    fn shown(&self, text: &str) -> String {
        let text = self.0.iter().fold(text.to_owned(), |text, (name, shown)| text.replace(name, shown));
        let mut shown = String::with_capacity(text.len());
        for sign in text.chars() {
            if has_no_width(sign) { shown.extend(sign.escape_unicode()) } else { shown.push(sign) }
        }
        shown
    }
}

fn place(path: &str, finding: &Finding) -> String {
    finding.entry.as_ref().map_or_else(|| path.to_owned(), |entry| format!("{path}!{entry}"))
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use crate::verify::{Finding, Report};

    /// One finding of each kind, with signs that each form has to escape.
    pub(crate) fn report() -> Report {
        let files = BTreeMap::from([
            (
                "demo-1.0.0-src.tgz".to_owned(),
                vec![
                    Finding::pass("checksum", "SHA-512 is as in demo-1.0.0-src.tgz.sha512"),
                    Finding::warn("signature", "good, by a key that ends in 12 days"),
                    Finding::fail("licence-header", "no licence header: 100% \"own\" <code> & more\nsecond line")
                        .of_entry("demo-1.0.0/src/A, B:1.rs"),
                ],
            ),
            ("odd.md5".to_owned(), vec![Finding::fail("inventory", "MD5 files are forbidden")]),
        ]);
        let checks = vec![Finding::skip("source-tag", "no tag was named by --source-tag")];
        Report::new("dir/demo-1.0.0-rc1", files, checks, 1234, Duration::from_millis(1500))
    }
}
