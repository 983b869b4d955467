// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What was found, for people and for scripts.

use std::fmt::Write as _;

use serde::Serialize;

use super::item::{Item, Standing};
use crate::ui::{ExitCode, Style, Ui};

/// What the doctor found.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The product's id.
    pub product: String,
    /// PRODUCT/VERSION of the release that is under way.
    pub release: Option<String>,
    /// The clone.
    pub repository: String,
    /// All items, in order.
    pub items: Vec<Item>,
    /// What they come to.
    pub verdict: Verdict,
}

/// What all items come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing failed, and all that was to be asked answered.
    Ready,
    /// Nothing failed, and something could not be asked.
    Unknown,
    /// Something failed.
    Failed,
}

impl Verdict {
    /// What `items` come to.
    pub fn of(items: &[Item]) -> Self {
        let has = |state| items.iter().any(|item| item.state == state);
        match (has(Standing::Failed), has(Standing::Unknown)) {
            (true, _) => Self::Failed,
            (false, true) => Self::Unknown,
            (false, false) => Self::Ready,
        }
    }

    /// How the program ends with it.
    pub fn code(self) -> ExitCode {
        match self {
            Self::Ready => ExitCode::Done,
            Self::Unknown => ExitCode::Service,
            Self::Failed => ExitCode::DoesNotHold,
        }
    }
}

impl Report {
    /// One line an item, hints below those that are not as they should be, and
    /// the verdict.
    pub fn to_text(&self, ui: Ui) -> String {
        let about = match &self.release {
            Some(release) => format!("{release}, clone {}", self.repository),
            None => format!("{} (no release is under way), clone {}", self.product, self.repository),
        };
        let mut text = format!("{}\n\n", ui.paint(&about, Style::Heading));
        for item in &self.items {
            let (sign, word, style) = sign(item.state);
            let title = &item.name.title;
            let _ = writeln!(text, "  {} {word:<8} {title} — {}", ui.paint(sign, style), item.found);
            for line in item.next.iter().flat_map(|next| next.lines()) {
                let _ = writeln!(text, "{}", format!("             {line}").trim_end());
            }
        }
        let _ = writeln!(text, "\n{}", self.verdict_line(ui));
        text
    }

    fn verdict_line(&self, ui: Ui) -> String {
        let count = |state| self.items.iter().filter(|item| item.state == state).count();
        let counts: Vec<String> =
            [Standing::Failed, Standing::Unknown, Standing::Warning, Standing::Skipped, Standing::Ok]
                .into_iter()
                .filter(|state| count(*state) > 0)
                .map(|state| format!("{} {}", count(state), sign(state).1))
                .collect();
        let (verdict, style) = match self.verdict {
            Verdict::Ready if count(Standing::Skipped) > 0 => ("Nothing failed of what was asked", Style::Good),
            Verdict::Ready => ("Ready for a release", Style::Good),
            Verdict::Unknown => ("Nothing failed, but not everything could be asked", Style::Warning),
            Verdict::Failed => ("Not ready for a release", Style::Bad),
        };
        format!("{}: {}.", ui.paint(verdict, style), counts.join(", "))
    }
}

fn sign(state: Standing) -> (&'static str, &'static str, Style) {
    match state {
        Standing::Ok => ("✓", "ok", Style::Good),
        Standing::Warning => ("!", "warning", Style::Warning),
        Standing::Failed => ("✗", "failed", Style::Bad),
        Standing::Unknown => ("?", "unknown", Style::Warning),
        Standing::Skipped => ("–", "skipped", Style::Faint),
    }
}

#[cfg(test)]
mod tests {
    use super::super::item::Name;
    use super::*;

    #[test]
    fn what_failed_weighs_more_than_what_is_unknown() {
        let name = Name::new("id", "Title");
        let (ok, unknown) = (name.ok(""), name.unknown("", ""));
        let (warning, failed, skipped) = (name.warning("", ""), name.failed("", ""), name.skipped(""));
        let code = |items: &[&Item]| Verdict::of(&items.iter().map(|item| (*item).clone()).collect::<Vec<_>>()).code();
        assert_eq!(code(&[&ok, &warning, &skipped]), ExitCode::Done);
        assert_eq!(code(&[&ok, &unknown, &warning]), ExitCode::Service);
        assert_eq!(code(&[&unknown, &failed, &ok]), ExitCode::DoesNotHold);
    }

    #[test]
    fn a_report_has_a_line_an_item_and_hints_below() {
        let name = |id: &str| Name::new(id, format!("The {id}"));
        let items = vec![
            name("key").ok("rsa4096"),
            name("clone").failed("none", "make one:\n\ngit clone"),
            name("relay").skipped("--offline"),
        ];
        let report = Report {
            product: "sample".into(),
            release: None,
            repository: "/clone".into(),
            verdict: Verdict::of(&items),
            items,
        };
        insta::assert_snapshot!(report.to_text(Ui::new(true)), @r"
        sample (no release is under way), clone /clone

          ✓ ok       The key — rsa4096
          ✗ failed   The clone — none
                     make one:

                     git clone
          – skipped  The relay — --offline

        Not ready for a release: 1 failed, 1 skipped, 1 ok.
        ");
    }

    #[test]
    fn what_was_not_asked_is_not_said_to_be_ready() {
        let name = Name::new("id", "Title");
        let line = |items: Vec<Item>| {
            let verdict = Verdict::of(&items);
            Report { product: "p".into(), release: None, repository: String::new(), items, verdict }
                .verdict_line(Ui::new(true))
        };
        assert_eq!(line(vec![name.ok("")]), "Ready for a release: 1 ok.");
        assert_eq!(line(vec![name.ok(""), name.skipped("")]), "Nothing failed of what was asked: 1 skipped, 1 ok.");
    }
}
