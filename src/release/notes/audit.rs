// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What a release manager would stumble over in the notes. A finding is a question to a
//! person, who mends the issue or says why it may stay.

use serde::{Deserialize, Serialize};

use super::NoteEntry;

/// Something in the notes that a person has to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteFinding {
    /// Which issue.
    pub key: String,
    /// Which rule, as a word: `unclear-title`.
    pub rule: String,
    /// What is there, as it was looked at.
    pub title: String,
    /// What is wrong with it.
    pub says: String,
}

impl NoteFinding {
    /// The finding's name in a record of decisions: which issue, which rule, which words.
    /// Other words are another finding.
    pub fn id(&self) -> String {
        format!("{} {}: {}", self.key, self.rule, self.title)
    }
}

/// Types that say nothing of what changes for users.
const CHORES: [&str; 4] = ["task", "test", "wish", "question"];
/// Words that alone tell nobody anything.
const EMPTY: [&str; 12] =
    ["fix", "bug", "issue", "problem", "error", "npe", "test", "tests", "cleanup", "refactoring", "update", "typo"];
/// The longest title that fits a line of the notes, in characters.
const LONGEST: usize = 150;

/// All that is to be looked at in the notes, in the order of the entries.
pub fn audit(entries: &[NoteEntry]) -> Vec<NoteFinding> {
    entries.iter().flat_map(findings).collect()
}

fn findings(entry: &NoteEntry) -> Vec<NoteFinding> {
    let finding = |rule: &str, says: String| NoteFinding {
        key: entry.key.clone(),
        rule: rule.to_owned(),
        title: entry.title.clone(),
        says,
    };
    match &entry.resolution {
        None => {
            return vec![finding(
                "unresolved",
                "it is not resolved: resolve it, or move it to the next version".to_owned(),
            )];
        }
        Some(how) if !entry.came_to_be() => {
            return vec![finding("not-fixed", format!("it was resolved as “{how}”: take the fix version off it"))];
        }
        Some(_) => {}
    }
    let mut findings = Vec::new();
    if let Some(says) = type_fault(&entry.kind, &entry.title) {
        findings.push(finding("type", says));
    }
    let unclear = title_faults(&entry.title, &entry.key);
    if !unclear.is_empty() {
        findings.push(finding("unclear-title", unclear.join("; ")));
    }
    findings
}

fn type_fault(kind: &str, title: &str) -> Option<String> {
    let first = title.split_whitespace().next().unwrap_or_default().to_lowercase();
    let kind_word = kind.trim().to_lowercase();
    if kind_word.is_empty() {
        return Some("it has no type".to_owned());
    }
    if CHORES.contains(&kind_word.as_str()) {
        return Some(format!(
            "it is filed as {kind}: what changes for users is a Bug, an Improvement or a New Feature; what does not is noise here"
        ));
    }
    if kind_word == "bug" && ["add", "introduce", "support", "implement", "allow"].contains(&first.as_str()) {
        return Some(format!(
            "it is filed as {kind} and begins with “{first}”: is it a New Feature or an Improvement?"
        ));
    }
    if ["new feature", "improvement"].contains(&kind_word.as_str())
        && ["fix", "fixes", "repair"].contains(&first.as_str())
    {
        return Some(format!("it is filed as {kind} and begins with “{first}”: is it a Bug?"));
    }
    None
}

/// Why a title cannot stand alone.
fn title_faults(title: &str, key: &str) -> Vec<String> {
    let trimmed = title.trim();
    let words: Vec<&str> = trimmed.split_whitespace().collect();
    let telling = words.iter().filter(|word| {
        let bare: String = word.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
        !bare.is_empty() && !EMPTY.contains(&bare.as_str())
    });
    let telling = telling.count();
    let mut faults = Vec::new();
    if words.is_empty() {
        return vec!["it is empty".to_owned()];
    }
    if words.len() == 1 {
        faults.push("one word tells nobody what changed".to_owned());
    } else if telling < 2 {
        faults.push("it does not say what was wrong, or what is better now".to_owned());
    }
    if trimmed.ends_with('…') || trimmed.ends_with("...") {
        faults.push("it is cut off".to_owned());
    }
    if trimmed.ends_with('?') {
        faults.push("it asks instead of saying".to_owned());
    }
    if let Some(number) = words.iter().find_map(|word| issue_number(word)) {
        let own = if number == key { "its own" } else { "an issue's" };
        faults.push(format!("it names {own} number, {number}, in place of what happened"));
    }
    if begins_small(words[0]) {
        faults.push("it begins with a small letter".to_owned());
    }
    let lower = trimmed.to_lowercase();
    if ["wip", "todo", "[wip", "[todo", "hotfix"].iter().any(|mark| lower.starts_with(mark)) {
        faults.push("it says that it is not finished, or how it was done".to_owned());
    }
    if trimmed.chars().count() > LONGEST {
        faults.push(format!("it has more than {LONGEST} characters"));
    }
    faults
}

/// A word that is an issue's number: `ABC-123` or `#123`.
fn issue_number(word: &str) -> Option<&str> {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '#');
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_key = bare.split_once('-').is_some_and(|(project, number)| {
        project.len() >= 2 && project.bytes().all(|byte| byte.is_ascii_uppercase()) && digits(number)
    });
    // standards look the same and tell users something
    let standard = ["UTF-", "SHA-", "RFC-", "ISO-", "CVE-", "JSR-", "PEP-", "HTTP-", "AES-", "RSA-"];
    let is_key = is_key && !standard.iter().any(|prefix| bare.starts_with(prefix));
    (is_key || bare.strip_prefix('#').is_some_and(digits)).then_some(bare)
}

/// A first word in small letters that is no name of a file, an option or a program.
fn begins_small(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_lowercase) && word.chars().all(|c| c.is_lowercase() || ",:;'’".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: &str, title: &str, resolution: Option<&str>) -> NoteEntry {
        NoteEntry {
            key: "ABC-7".into(),
            kind: kind.into(),
            title: title.into(),
            resolution: resolution.map(str::to_owned),
        }
    }

    #[test]
    fn what_no_user_would_understand_is_found() {
        for (kind, title, resolution, rules) in [
            ("Bug", "Functions without state no longer fail at restart", Some("Fixed"), vec![]),
            ("Improvement", "state.backend may be named in the configuration", Some("Fixed"), vec![]),
            ("Bug", "Text in UTF-8 is read whole", Some("Fixed"), vec![]),
            ("Bug", "Fix NPE", Some("Fixed"), vec!["unclear-title"]),
            ("Bug", "NPE", Some("Fixed"), vec!["unclear-title"]),
            ("Bug", "Greeter", Some("Fixed"), vec!["unclear-title"]),
            ("Bug", "The greeter fails when it is asked …", Some("Fixed"), vec!["unclear-title"]),
            ("Bug", "The greeter fails when it is asked...", Some("Fixed"), vec!["unclear-title"]),
            ("Bug", "Follow up of ABC-12 in the core", Some("Fixed"), vec!["unclear-title"]),
            ("Bug", "Repair what #12 broke", Some("Fixed"), vec!["unclear-title"]),
            ("Bug", "the greeter greets again", Some("Fixed"), vec!["unclear-title"]),
            ("Bug", "Should the greeter greet twice?", Some("Fixed"), vec!["unclear-title"]),
            ("Bug", "", Some("Fixed"), vec!["unclear-title"]),
            ("", "The greeter greets each caller", Some("Fixed"), vec!["type"]),
            ("Task", "The greeter greets each caller", Some("Done"), vec!["type"]),
            ("Bug", "Add greetings in Welsh", Some("Fixed"), vec!["type"]),
            ("New Feature", "Fix greetings in Welsh", Some("Fixed"), vec!["type"]),
            ("Task", "cleanup", Some("Fixed"), vec!["type", "unclear-title"]),
            ("Bug", "NPE", None, vec!["unresolved"]),
            ("Bug", "NPE", Some("Won't Fix"), vec!["not-fixed"]),
        ] {
            let found = audit(&[entry(kind, title, resolution)]);
            let found_rules: Vec<&str> = found.iter().map(|finding| finding.rule.as_str()).collect();
            assert_eq!(found_rules, rules, "{kind}: {title}: {found:?}");
        }
    }

    #[test]
    fn other_words_are_another_finding() {
        let id = |title: &str| audit(&[entry("Bug", title, Some("Fixed"))])[0].id();
        assert_eq!(id("Fix NPE"), "ABC-7 unclear-title: Fix NPE");
        assert_ne!(id("Fix NPE"), id("Fix bug"));
    }
}
