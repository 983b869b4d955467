// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a service says of an error, found in the body of its answer.

use serde_json::Value;

/// The most that is shown, in characters.
const MOST: usize = 400;
/// The most that is looked at of what is no JSON, in characters.
const LOOKED_AT: usize = 20_000;

/// What the body of an error says, in one line: the texts of JSON in any of the shapes
/// that the services have, or the text of a page without its markup.
pub fn said(body: &str) -> String {
    let text = match serde_json::from_str::<Value>(body) {
        Ok(value) => {
            let mut texts = Vec::new();
            collect(None, &value, &mut texts);
            texts.join("; ")
        }
        Err(_) => without_markup(&body.chars().take(LOOKED_AT).collect::<String>()),
    };
    shortened(&text)
}

/// How a body begins, in one line.
pub fn begin(body: &str) -> String {
    body.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(60).collect()
}

/// The members that hold what a person should read; `errors` of JIRA has the fields'
/// names as keys.
fn collect(key: Option<&str>, value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) if !text.is_empty() => texts.push(match key {
            Some(key) => format!("{key}: {text}"),
            None => text.clone(),
        }),
        Value::Array(items) => items.iter().for_each(|item| collect(key, item, texts)),
        Value::Object(members) => {
            let known = ["msg", "message", "error", "errorMessages", "errors", "reason", "detail"];
            let named: Vec<_> = known.iter().filter_map(|name| Some((*name, members.get(*name)?))).collect();
            if named.is_empty() {
                members.iter().for_each(|(name, value)| collect(Some(name), value, texts));
            }
            named.into_iter().for_each(|(_, value)| collect(None, value, texts));
        }
        _ => {}
    }
}

fn without_markup(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        text.push(' ');
        let tag = &rest[start..];
        // what stands in a script or a style is for no person
        let lower: String = tag.chars().take(8).collect::<String>().to_ascii_lowercase();
        let end =
            ["script", "style"].iter().find(|name| lower[1..].starts_with(**name)).map(|name| format!("</{name}"));
        let after = match end.and_then(|end| tag.to_ascii_lowercase().find(&end)) {
            Some(at) => &tag[at..],
            None => tag,
        };
        rest = after.find('>').map_or("", |at| &after[at + 1..]);
    }
    text.push_str(rest);
    text
}

fn shortened(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).collect();
    match line.char_indices().nth(MOST) {
        Some((at, _)) => format!("{} …", &line[..at]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::said;

    #[test]
    fn the_services_own_shapes_are_read() {
        for (body, text) in [
            (r#"{"errors":[{"id":"*","msg":"No such repository: X"}]}"#, "No such repository: X"),
            (
                r#"{"errorMessages":[],"errors":{"name":"A version with this name already exists in this project."}}"#,
                "name: A version with this name already exists in this project.",
            ),
            (
                r#"{"message":"Validation Failed","errors":[{"resource":"PullRequest","code":"custom","message":"A pull request already exists for ann:x."}],"documentation_url":"u"}"#,
                "Validation Failed; A pull request already exists for ann:x.",
            ),
            (r#"{"error":"you do not have permission"}"#, "you do not have permission"),
            (
                "<html><head><style>p {x}</style></head><body><h1>503</h1>\n<p>Down for a while</p>",
                "503 Down for a while",
            ),
            ("plain words\n", "plain words"),
            ("", ""),
            ("<", ""),
            ("a < b", "a"),
        ] {
            assert_eq!(said(body), text, "{body}");
        }
        assert!(said(&"é".repeat(1000)).ends_with(" …"));
    }
}
