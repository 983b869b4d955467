// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The report for a person: a line a file, the details of what failed below it, and
//! the verdict last. What comes from outside begins no line of its own: neither a name nor
//! a message can look like another finding, the verdict, or a command of a CI service.

use super::{OddNames, SOURCE_UNHELD};
use crate::release::on_one_line;
use crate::verify::file_names::shown_name;
use crate::verify::{FileReport, Finding, Report, Status};

/// How a piece of text is shown: with colour on a terminal, as it is elsewhere.
pub type Paint<'a> = &'a dyn Fn(&str, Status) -> String;

/// The report; with `all`, every finding and not just those that are no pass.
pub fn text(report: &Report, all: bool, paint: Paint<'_>) -> String {
    let mut text = String::new();
    let odd = OddNames::of(report);
    for file in &report.files {
        text.push_str(&of_file(file, all, &odd, paint));
    }
    if !report.checks.is_empty() {
        let whole = FileReport { path: "the candidate as a whole".into(), sha512: None, checks: report.checks.clone() };
        text.push_str(&of_file(&whole, all, &odd, paint));
    }
    let (word, status) = if report.passed { ("verified", Status::Pass) } else { ("NOT VERIFIED", Status::Fail) };
    let counts = format!(
        "{}, {} failed, {} to know, {} not made",
        checks(report.count(Status::Pass)),
        report.count(Status::Fail),
        report.count(Status::Warn),
        report.count(Status::Skip)
    );
    let unheld = if report.source_unheld() { format!("; {SOURCE_UNHELD}") } else { String::new() };
    text.push_str(&format!(
        "\n{}: {}: {counts}; {} in {:.1} s{unheld}\n",
        paint(word, status),
        on_one_line(&report.target),
        size(report.bytes),
        report.seconds
    ));
    text
}

fn of_file(file: &FileReport, all: bool, odd: &OddNames, paint: Paint<'_>) -> String {
    let worst = [Status::Fail, Status::Warn, Status::Pass]
        .into_iter()
        .find(|status| file.checks.iter().any(|finding| finding.status == *status))
        .unwrap_or(Status::Skip);
    let mut names: Vec<&str> =
        file.checks.iter().filter(|finding| finding.status == Status::Pass).map(|finding| finding.name).collect();
    names.dedup();
    let proved = if names.is_empty() { String::new() } else { format!("  {}", names.join(", ")) };
    let mut text = format!("{} {}{proved}\n", paint(sign(worst), worst), on_one_line(&shown_name(&file.path)));
    for finding in file.checks.iter().filter(|finding| all || finding.status != Status::Pass) {
        text.push_str(&of_finding(finding, odd, paint));
    }
    text
}

fn of_finding(finding: &Finding, odd: &OddNames, paint: Paint<'_>) -> String {
    // Where the detail gives the line, it begins with the place itself.
    let entry = finding.entry.as_ref().filter(|entry| !finding.detail.starts_with(entry.as_str()));
    let entry = entry.map_or_else(String::new, |entry| format!("{}: ", on_one_line(entry)));
    let detail = on_one_line(&odd.shown(&finding.detail));
    let word = match finding.status {
        Status::Pass => "",
        Status::Warn => "to know: ",
        Status::Skip => "not made: ",
        Status::Fail => "failed: ",
    };
    format!("    {} {}: {word}{entry}{detail}\n", paint(sign(finding.status), finding.status), finding.name)
}

fn sign(status: Status) -> &'static str {
    match status {
        Status::Pass => "✓",
        Status::Warn => "!",
        Status::Skip => "–",
        Status::Fail => "✗",
    }
}

fn checks(count: usize) -> String {
    if count == 1 { "1 check holds".into() } else { format!("{count} checks hold") }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.2} GB", bytes as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::report;
    use super::*;

    #[test]
    fn a_line_a_file_the_details_of_what_failed_and_the_verdict_last() {
        insta::assert_snapshot!(text(&report(), false, &|text, _| text.to_owned()), @r#"
        ✗ demo-1.0.0-src.tgz  checksum
            ! signature: to know: good, by a key that ends in 12 days
            ✗ licence-header: failed: demo-1.0.0/src/A, B:1.rs: no licence header: 100% "own" <code> & more\nsecond line
        ✗ odd.md5
            ✗ inventory: failed: MD5 files are forbidden
        – the candidate as a whole
            – source-tag: not made: no tag was named by --source-tag

        NOT VERIFIED: dir/demo-1.0.0-rc1: 1 check holds, 2 failed, 1 to know, 1 not made; 1.2 kB in 1.5 s
        "#);
    }

    #[test]
    fn a_name_that_is_shown_as_another_is_written_out() {
        let name = "a-\u{455}rc.tgz";
        let finding = Finding::fail("inventory", format!("unsigned: there is no {name}.asc"));
        let files = std::collections::BTreeMap::from([(name.to_owned(), vec![finding])]);
        let report = Report::new("rc1", files, Vec::new(), 0, std::time::Duration::ZERO);
        let said = text(&report, true, &|text, _| text.to_owned());
        assert!(said.starts_with("\u{2717} a-\\u{455}rc.tgz\n") && said.contains("no a-\\u{455}rc.tgz.asc"), "{said}");
        assert!(!said.contains('\u{455}') && !super::super::github(&report).contains("no a-\u{455}"), "{said}");
    }

    #[test]
    fn what_nobody_sees_is_written_out() {
        let finding = Finding::fail("archive-root", "it is not in the directory a\u{ad}");
        let files = std::collections::BTreeMap::from([("a.tgz".to_owned(), vec![finding])]);
        let report = Report::new("rc1", files, Vec::new(), 0, std::time::Duration::ZERO);
        assert!(text(&report, true, &|text, _| text.to_owned()).contains("the directory a\\u{ad}"));
    }

    #[test]
    fn the_last_line_says_that_the_source_was_held_against_no_tag() {
        let last = |checks: Vec<Finding>, of_whole: Finding| {
            let files = std::collections::BTreeMap::from([("a-src.tgz".to_owned(), checks)]);
            let report = Report::new("rc1", files, vec![of_whole], 0, std::time::Duration::ZERO);
            text(&report, false, &|text, _| text.to_owned()).lines().last().unwrap().to_owned()
        };
        let source = || vec![Finding::pass("no-binaries", "none")];
        let untagged = || Finding::skip("source-tag", "no tag was named");
        let said = last(source(), untagged());
        assert!(said.starts_with("verified: rc1: ") && said.ends_with(SOURCE_UNHELD), "{said}");
        for said in [
            last(source(), Finding::pass("source-tag", "as the tag")),
            last(vec![Finding::pass("signature", "good")], untagged()),
            last(vec![Finding::pass("no-binaries", "none"), Finding::fail("signature", "bad")], untagged()),
        ] {
            assert!(!said.contains(SOURCE_UNHELD), "{said}");
        }
    }

    #[test]
    fn a_name_cannot_write_lines_of_its_own() {
        let name = "a.tgz\n\nverified: all good\n::stop-commands::t";
        let finding = Finding::fail("archive-safe", format!("{name} is no name")).of_entry("x\n::error::y");
        let files = std::collections::BTreeMap::from([(name.to_owned(), vec![finding])]);
        let report = Report::new("rc1\n::x", files, Vec::new(), 0, std::time::Duration::ZERO);
        let said = text(&report, true, &|text, _| text.to_owned());
        assert_eq!(said.lines().count(), 4, "{said}");
        assert!(
            !said.lines().any(|line| line.trim_start().starts_with("::") || line.starts_with("verified")),
            "{said}"
        );
    }
}
