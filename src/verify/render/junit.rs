// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! JUnit's XML, which every CI server shows: a suite for each file, a case for each
//! check.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as JunitReport, TestCase, TestCaseStatus, TestSuite};

use crate::verify::{Finding, Report, Status};

/// The report as XML.
pub fn junit(report: &Report) -> String {
    let mut all = JunitReport::new(report.target.as_str());
    all.set_time(Duration::try_from_secs_f64(report.seconds).unwrap_or_default());
    for file in &report.files {
        all.add_test_suite(suite(&file.path, &file.checks));
    }
    if !report.checks.is_empty() {
        all.add_test_suite(suite("the candidate", &report.checks));
    }
    // characters that XML has not; control characters are left out already
    all.to_string().expect("a report is text").replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")
}

fn suite(name: &str, findings: &[Finding]) -> TestSuite {
    let mut suite = TestSuite::new(name);
    suite.add_test_cases(findings.iter().map(|finding| {
        let mut case = TestCase::new(finding.entry.as_deref().unwrap_or(name), status(finding));
        case.set_classname(finding.name);
        if matches!(finding.status, Status::Pass | Status::Warn) {
            let word = if finding.status == Status::Warn { "warning: " } else { "" };
            case.set_system_out(format!("{word}{}", finding.detail));
        }
        case
    }));
    suite
}

fn status(finding: &Finding) -> TestCaseStatus {
    match finding.status {
        Status::Pass | Status::Warn => TestCaseStatus::success(),
        Status::Skip => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(finding.detail.as_str());
            status
        }
        Status::Fail => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(finding.name).set_message(finding.detail.as_str());
            status
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::report;
    use super::*;

    #[test]
    fn a_name_that_xml_has_no_characters_for_is_written_otherwise() {
        let mut report = report();
        report.files[0].path = "a\u{fffe}\u{ffff}\u{1}\u{1b}b<.tgz".to_owned();
        let text = junit(&report);
        let read = roxmltree::Document::parse(&text).unwrap();
        let named = read
            .descendants()
            .filter_map(|node| node.attribute("name"))
            .any(|name| name.starts_with("a\u{fffd}\u{fffd}"));
        assert!(named && !text.contains(['\u{fffe}', '\u{ffff}', '\u{1}']), "{text}");
    }

    #[test]
    fn the_counts_are_those_of_the_report_and_signs_are_escaped() {
        let text = junit(&report());
        let read = roxmltree::Document::parse(&text).unwrap();
        let root = read.root_element();
        assert_eq!((root.attribute("tests"), root.attribute("failures")), (Some("5"), Some("2")));
        let failure = read.descendants().find(|node| node.has_tag_name("failure")).unwrap();
        assert!(failure.attribute("message").unwrap().starts_with("no licence header: 100% \"own\" <code> & more"));
        assert_eq!(read.descendants().filter(|node| node.has_tag_name("skipped")).count(), 1);
    }
}
