// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Votes that one who reads a mail's HTML sees and one who reads its plain text does not, or nobody: which of
//! them its sender meant is for a person.

use super::own_text::own_text;

/// A value that not everybody sees, and why that is for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Otherwise {
    pub line: String,
    pub why: String,
}

/// A value that HTML hides from whoever reads it, where it shows none that is the same.
pub(super) fn hidden_value(shown: &str, unseen: &str) -> Option<Otherwise> {
    let line = unseen.lines().find(|line| {
        let values = ["+1", "-1"].into_iter().filter(|value| normal(line).contains(value));
        let mut unshown = values.filter(|value| !shown.lines().any(|line| first_value(line) == Some(value)));
        unshown.next().is_some()
    })?;
    let why = "its HTML hides this from whoever reads it (by style, size or colour): is it a vote?".to_owned();
    Some(Otherwise { line: line.trim().to_owned(), why })
}

/// A value that HTML strikes out, where the sender's own text shows no value that stands: `text` is what is read.
pub(super) fn struck_value(text: &str, shown: &str, struck: &str) -> Option<Otherwise> {
    let line = struck.lines().find(|line| first_value(line).is_some())?;
    let value = first_value(line);
    let own = own_text(text);
    let stands = own.lines.iter().any(|own| first_value(own).is_some_and(|other| Some(other) != value))
        || shown.lines().any(|line| first_value(line).is_some());
    (!stands).then(|| Otherwise {
        line: line.trim().to_owned(),
        why: "its HTML strikes this out: does it count?".to_owned(),
    })
}

/// A value that the sender's own text has in HTML and not in plain text, or the other way round.
pub(super) fn differing_value(plain: &str, shown: &str) -> Option<Otherwise> {
    if shown.trim().is_empty() {
        return None;
    }
    for line in shown.lines() {
        let Some(value) = first_value(line) else { continue };
        if is_in(line, plain) || !own_text(shown).lines.contains(&line) {
            continue;
        }
        if own_text(plain).lines.iter().all(|own| first_value(own) != Some(value)) {
            let other = own_text(plain).lines.iter().find_map(|own| first_value(own)).unwrap_or("none");
            let why = format!("its HTML has {value} where its plain text has {other}: which of them is meant?");
            return Some(Otherwise { line: line.trim().to_owned(), why });
        }
    }
    let lacks = |value: &&str| plain.contains(*value) && !normal(shown).contains(*value);
    let value = ["+1", "-1"].into_iter().find(lacks)?;
    let own = own_text(plain);
    let line = own.lines.iter().find(|line| first_value(line) == Some(value))?;
    let why = format!("its plain text has {value} where its HTML has none: which of them is meant?");
    Some(Otherwise { line: line.trim().to_owned(), why })
}

/// The value that a line begins with.
fn first_value(line: &str) -> Option<&'static str> {
    let bare = line.trim_start_matches([' ', '\t', '*', '_', '\u{a0}', '\u{200b}']);
    let mut letters = bare.chars();
    let value = match letters.next()? {
        '+' | '＋' | '➕' | '﹢' => "+1",
        '-' | '−' | '－' | '–' | '﹣' | '➖' => "-1",
        _ => return None,
    };
    let one = letters.find(|c| !c.is_whitespace()).is_some_and(|c| matches!(c, '1' | '１'));
    (one && !letters.next().is_some_and(|c| c.is_ascii_digit())).then_some(value)
}

/// Signs as everybody has them on the keyboard.
fn normal(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '＋' | '➕' | '﹢' => '+',
            '−' | '－' | '–' | '﹣' | '➖' => '-',
            '１' => '1',
            other => other,
        })
        .collect()
}

/// Whether the plain text has the line too, quoted or not, however it is wrapped.
fn is_in(line: &str, plain: &str) -> bool {
    let bare = |line: &str| {
        normal(line.trim_start_matches(['>', ' ', '|', '\t', '*', '_'])).trim_end_matches([' ', '*', '_']).to_owned()
    };
    let wanted = bare(line);
    if plain.lines().any(|line| bare(line) == wanted) {
        return true;
    }
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let wanted = letters(line);
    wanted.len() > 10 && letters(plain).contains(&wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_that_says_otherwise_is_for_a_person() {
        let quoted = "+1\n\nOn Thu, 1 Jan 2026, Ann wrote:\n> [ ] +1\n> -1 Do not\n";
        for (plain, shown, line) in [
            ("Thanks.\n", "+1\n", "+1"),
            ("+1\n", "-1, it is broken\n", "-1, it is broken"),
            ("+1\n", "\u{2212}1\n", "\u{2212}1"),
            (quoted, "-1\n", "-1"),
            (quoted, "Thanks.\n", "+1"),
            ("0\n", "*-1*\n", "*-1*"),
        ] {
            assert_eq!(differing_value(plain, shown).map(|found| found.line).as_deref(), Some(line), "{plain}{shown}");
        }
        for (plain, shown) in [
            (quoted, "+1\n> [ ] +1\n> -1 Do not\n"),
            (quoted, "+1\nOn Thu, 1 Jan 2026, Ann wrote:\n[ ] +1\n-1 Do not\n"),
            ("*+1* (binding)\n", "+1 (binding)\n"),
            ("+1 (non-binding), I checked the\nsignatures\n", "+1 (non-binding), I checked the signatures\n"),
            ("Thanks.\n", "Thanks.\n+1000\n"),
        ] {
            assert_eq!(differing_value(plain, shown), None, "{plain}{shown}");
        }
    }

    #[test]
    fn what_stands_on_the_other_side_is_named() {
        let why = |plain: &str| differing_value(plain, "-1, it is broken\n").map(|found| found.why).unwrap_or_default();
        assert!(why("+1\n").starts_with("its HTML has -1 where its plain text has +1:"));
        assert!(why("Thanks.\n").starts_with("its HTML has -1 where its plain text has none:"));
    }

    #[test]
    fn what_html_strikes_out_is_for_a_person() {
        let found = |text: &str, shown: &str| struck_value(text, shown, "+1\n").map(|found| found.line);
        assert_eq!(found("+1\n", "").as_deref(), Some("+1"));
        assert_eq!(found("Thanks.\n", "Thanks.\n").as_deref(), Some("+1"));
        assert_eq!(found("-1, it breaks\n", "-1, it breaks\n"), None);
        assert_eq!(struck_value("+1\n", "+1\n", "the old text\n"), None);
    }

    #[test]
    fn what_html_hides_is_for_a_person() {
        assert_eq!(hidden_value("Thanks.\n", "a +1\n").map(|found| found.line).as_deref(), Some("a +1"));
        assert_eq!(hidden_value("+1 (binding)\n", "+1 (binding) I checked\n"), None);
        assert_eq!(hidden_value("+1\n", "see this in your browser\n"), None);
        assert!(hidden_value("+1\n", "-1\n").is_some());
    }
}
