// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Workflow commands of GitHub Actions: an annotation for each failure and warning.
//! The commands' syntax and escapes are those of the service's documentation of
//! workflow commands.

use super::{OddNames, SOURCE_UNHELD, located};
use crate::verify::{Report, Status};

/// A line for each finding that is not a pass, and one with the verdict.
pub fn github(report: &Report) -> String {
    let mut text = String::new();
    let odd = OddNames::of(report);
    for (place, finding) in located(report) {
        let command = match finding.status {
            Status::Fail => "error",
            Status::Warn => "warning",
            Status::Skip => "notice",
            Status::Pass => continue,
        };
        let file = place.as_deref().map_or_else(String::new, |place| format!("file={},", property(place)));
        let message = match &place {
            Some(place) => format!("{place}: {}", finding.detail),
            None => finding.detail.clone(),
        };
        let message = odd.shown(&message);
        let title = property(&format!("{}: {}", report.target, finding.name));
        text.push_str(&format!("::{command} {file}title={title}::{}\n", data(&message)));
    }
    let verdict = if report.passed { "notice" } else { "error" };
    let word = if report.passed { "verified" } else { "not verified" };
    let message = format!(
        "{word}: {} checks hold, {} failed, {} warnings, {} not made",
        report.count(Status::Pass),
        report.count(Status::Fail),
        report.count(Status::Warn),
        report.count(Status::Skip)
    );
    let message = if report.source_unheld() { format!("{message}; {SOURCE_UNHELD}") } else { message };
    text.push_str(&format!("::{verdict} title={}::{}\n", property(&report.target), data(&message)));
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::super::tests::report;
    use super::*;

    #[test]
    fn each_command_is_one_line_with_its_signs_escaped() {
        insta::assert_snapshot!(github(&report()), @r#"
        ::warning file=demo-1.0.0-src.tgz,title=dir/demo-1.0.0-rc1%3A signature::demo-1.0.0-src.tgz: good, by a key that ends in 12 days
        ::error file=demo-1.0.0-src.tgz!demo-1.0.0/src/A%2C B%3A1.rs,title=dir/demo-1.0.0-rc1%3A licence-header::demo-1.0.0-src.tgz!demo-1.0.0/src/A, B:1.rs: no licence header: 100%25 "own" <code> & more%0Asecond line
        ::error file=odd.md5,title=dir/demo-1.0.0-rc1%3A inventory::odd.md5: MD5 files are forbidden
        ::notice title=dir/demo-1.0.0-rc1%3A source-tag::no tag was named by --source-tag
        ::error title=dir/demo-1.0.0-rc1::not verified: 1 checks hold, 2 failed, 1 warnings, 1 not made
        "#);
    }
}
