// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! SARIF 2.1.0 (OASIS), which code scanning services read.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::located;
use crate::verify::{Report, Status, checks};

/// The report as a SARIF log with one run: a result for each finding that is a fault or should be
/// known, and all checks that were made as its rules. What holds is no result: code scanning makes an
/// alert of each, whatever its kind says.
pub fn sarif(report: &Report) -> Value {
    let rules: BTreeSet<&str> = located(report).map(|(_, finding)| finding.name).collect();
    let results: Vec<Value> = located(report)
        .filter_map(|(place, finding)| {
            let level = match finding.status {
                Status::Pass | Status::Skip => return None,
                Status::Warn => "warning",
                Status::Fail => "error",
            };
            let uri = place.as_deref().map_or_else(|| ".".to_owned(), uri);
            Some(json!({
                "ruleId": finding.name,
                "kind": "fail",
                "level": level,
                "message": { "text": finding.detail },
                "locations": [{ "physicalLocation": { "artifactLocation": { "uri": uri, "uriBaseId": "CANDIDATE" } } }],
            }))
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|name| rule(name)).collect::<Vec<_>>(),
            } },
            "originalUriBaseIds": { "CANDIDATE": { "description": { "text": report.target } } },
            "invocations": [{ "executionSuccessful": true }],
            "properties": { "passed": report.passed },
            "results": results,
        }],
    })
}

/// What a check proves, as viewers show it beside its results.
fn rule(name: &str) -> Value {
    match checks::named(name) {
        Some(check) => json!({ "id": name, "shortDescription": { "text": format!("{}.", check.proves) } }),
        None => json!({ "id": name }),
    }
}

/// A path as a relative URI reference (RFC 3986): all but the unreserved signs and
/// the slash escaped.
fn uri(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'!' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::tests::report;
    use super::*;

    #[test]
    fn every_fault_is_a_result_of_a_known_rule_and_what_holds_is_none() {
        let log = sarif(&report());
        let run = &log["runs"][0];
        let rules: Vec<&str> =
            run["tool"]["driver"]["rules"].as_array().unwrap().iter().filter_map(|rule| rule["id"].as_str()).collect();
        let described = |rule: &Value| rule["shortDescription"]["text"].is_string();
        assert!(run["tool"]["driver"]["rules"].as_array().unwrap().iter().all(described));
        let results = run["results"].as_array().unwrap();
        assert_eq!((results.len(), rules.len() > 3), (3, true), "{rules:?}");
        assert!(results.iter().all(|result| rules.contains(&result["ruleId"].as_str().unwrap())));
        let levels: Vec<&str> = results.iter().filter_map(|result| result["level"].as_str()).collect();
        assert_eq!(levels, ["warning", "error", "error"]);
        let location = &results[1]["locations"][0]["physicalLocation"]["artifactLocation"];
        assert_eq!(location["uri"], "demo-1.0.0-src.tgz!demo-1.0.0/src/A%2C%20B%3A1.rs");
    }
}
