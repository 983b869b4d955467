// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The part of JIRA's query language that a release needs: `FIELD OP VALUE AND … ORDER BY …`.
//! What is not understood is refused in JIRA's words; nothing is guessed.

use super::tracker::{Issue, PRIORITIES, Tracker, number};

/// The issues that `jql` finds, or what JIRA says of it.
pub fn search<'t>(tracker: &'t Tracker, jql: &str) -> Result<Vec<&'t Issue>, String> {
    let tokens = tokens(jql)?;
    let end = tokens.iter().position(|token| token.is("order")).unwrap_or(tokens.len());
    let (filter, order) = tokens.split_at(end);
    let mut found: Vec<&Issue> = tracker.issues.iter().collect();
    for clause in filter.split(|token| token.is("and")).filter(|_| !filter.is_empty()) {
        let clause = Clause::of(clause, tracker)?;
        found.retain(|issue| clause.holds(issue));
    }
    sort(&mut found, order)?;
    Ok(found)
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Quoted(String),
    Sign(&'static str),
}

impl Token {
    fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(text) if text.eq_ignore_ascii_case(word))
    }

    fn value(&self) -> Option<&str> {
        match self {
            Self::Word(text) | Self::Quoted(text) => Some(text),
            Self::Sign(_) => None,
        }
    }
}

fn tokens(jql: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut chars = jql.chars().peekable();
    while let Some(next) = chars.next() {
        match next {
            ' ' => {}
            '=' => tokens.push(Token::Sign("=")),
            ',' => tokens.push(Token::Sign(",")),
            '!' if chars.next_if_eq(&'=').is_some() => tokens.push(Token::Sign("!=")),
            '"' => tokens.push(Token::Quoted(quoted(&mut chars)?)),
            word if word.is_alphanumeric() => {
                let mut text = String::from(word);
                while let Some(more) = chars.next_if(|c| c.is_alphanumeric() || "-._".contains(*c)) {
                    text.push(more);
                }
                tokens.push(Token::Word(text));
            }
            other => {
                return Err(format!(
                    "Error in the JQL Query: The character '{other}' is a reserved JQL character. You must enclose it in a string or use the escape '\\u{:04x}' instead.",
                    other as u32
                ));
            }
        }
    }
    Ok(tokens)
}

fn quoted(chars: &mut impl Iterator<Item = char>) -> Result<String, String> {
    let mut text = String::new();
    while let Some(next) = chars.next() {
        match next {
            '"' => return Ok(text),
            '\\' => text.extend(chars.next()),
            other => text.push(other),
        }
    }
    Err(format!("Error in the JQL Query: The quoted string '{text}' has not been completed."))
}

enum Field {
    Project(String),
    FixVersion(u64),
    Resolution(Option<String>),
    Key(String),
    Status(String),
}

struct Clause {
    field: Field,
    equal: bool,
}

impl Clause {
    fn of(tokens: &[Token], tracker: &Tracker) -> Result<Self, String> {
        let [Token::Word(field), Token::Sign(sign @ ("=" | "!=")), value] = tokens else {
            let near = tokens.last().and_then(Token::value).unwrap_or_default();
            return Err(format!("Error in the JQL Query: Expecting either a value, list or function near '{near}'."));
        };
        let value = value.value().unwrap_or_default().to_owned();
        let no_such = || format!("The value '{value}' does not exist for the field '{field}'.");
        let field = match field.to_lowercase().as_str() {
            "project" => Field::Project(tracker.project(&value).ok_or_else(no_such)?.key.clone()),
            "fixversion" => {
                let version = tracker.versions.iter().find(|version| version.name.eq_ignore_ascii_case(&value));
                Field::FixVersion(version.ok_or_else(no_such)?.id)
            }
            "resolution" if value.eq_ignore_ascii_case("unresolved") => Field::Resolution(None),
            "resolution" => Field::Resolution(Some(value)),
            "key" | "issuekey" => Field::Key(value),
            "status" => Field::Status(value),
            _ => {
                return Err(format!("Field '{field}' does not exist or you do not have permission to view it."));
            }
        };
        Ok(Self { field, equal: *sign == "=" })
    }

    fn holds(&self, issue: &Issue) -> bool {
        let same = match &self.field {
            Field::Project(key) => issue.key.rsplit_once('-').is_some_and(|(project, _)| project == key),
            Field::FixVersion(id) => issue.fix_versions.contains(id),
            Field::Resolution(wanted) => issue.resolution == *wanted,
            Field::Key(key) => issue.key == *key,
            Field::Status(status) => issue.status.eq_ignore_ascii_case(status),
        };
        same == self.equal
    }
}

fn sort(issues: &mut [&Issue], order: &[Token]) -> Result<(), String> {
    let rest = match order {
        [] => return Ok(()),
        [_, by, rest @ ..] if by.is("by") => rest,
        _ => return Err("Error in the JQL Query: Expecting 'by' after 'order'.".to_owned()),
    };
    // the last key first: sorting is stable
    for key in rest.split(|token| *token == Token::Sign(",")).rev() {
        let descending = key.get(1).is_some_and(|token| token.is("desc"));
        let field = key.first().and_then(Token::value).unwrap_or_default().to_lowercase();
        let rank = |issue: &Issue| match field.as_str() {
            "priority" => Some(PRIORITIES.iter().position(|name| *name == issue.priority).unwrap_or(0) as u64),
            "key" | "issuekey" | "created" => Some(number(&issue.key)),
            _ => None,
        };
        if issues.iter().any(|issue| rank(issue).is_none()) {
            return Err(format!("Not able to sort using field '{field}'."));
        }
        issues.sort_by(|a, b| if descending { rank(b).cmp(&rank(a)) } else { rank(a).cmp(&rank(b)) });
    }
    Ok(())
}
