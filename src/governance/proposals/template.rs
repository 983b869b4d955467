// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! The text of a new page.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::field::Field;
use super::front_matter::line;
use super::scheme::{Scheme, Stage};
use super::title::TitleForm;

/// A page for a new proposal, with all sections; without a number it has the placeholder.
pub fn new_page(scheme: &Scheme, number: Option<u32>, heading: &str, author: &str, today: Date) -> String {
    let title = TitleForm::form(scheme, number, heading);
    let draft = scheme.of_stage(Stage::Draft).map(|state| state.id.clone()).unwrap_or_default();
    let mut fields = BTreeMap::from([
        (Field::Title, title.clone()),
        (Field::State, draft),
        (Field::Author, author.to_owned()),
        (Field::Created, today.to_string()),
        (Field::Modified, today.to_string()),
        (Field::Component, scheme.component.clone()),
    ]);
    for open in [Field::Discussion, Field::Vote, Field::Jira, Field::Release] {
        fields.insert(open, String::new());
    }
    if let Some(number) = number {
        fields.insert(Field::Number, number.to_string());
    }
    let mut text = format!("{}\n# {title}\n", head(&fields));
    for section in &scheme.sections {
        text.push_str(&format!("\n## {}\n", section.title));
        if !section.guide.is_empty() {
            text.push_str(&format!("\n<!-- {} -->\n", section.guide.replace("--", "–")));
        }
    }
    text
}

/// A page for a row of an index: its text stays where it is.
pub(super) fn imported_page(fields: &BTreeMap<Field, String>) -> String {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = fields.get(&Field::Title).map(|title| one_line(title)).unwrap_or_default();
    let where_it_is = match fields.get(&Field::Text) {
        Some(address) => format!("\nThe text of this proposal is on [its page]({address}).\n"),
        None => String::new(),
    };
    format!("{}\n# {title}\n{where_it_is}", head(fields))
}

fn head(fields: &BTreeMap<Field, String>) -> String {
    let lines: String = fields.iter().map(|(field, value)| line(*field, value)).collect();
    format!("---\n{lines}---\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::governance::proposals::page::Page;
    use crate::governance::proposals::scheme::tests::flip;

    #[test]
    fn a_new_page_has_all_sections_and_a_head_that_is_read() {
        let flip = flip();
        let today = "2026-11-22".parse().unwrap();
        let text = new_page(&flip, Some(608), "Stop jobs: gracefully", "Ann Example", today);
        insta::assert_snapshot!(text.lines().take(20).collect::<Vec<_>>().join("\n"), @r#"
        ---
        number: 608
        title: "FLIP-608: Stop jobs: gracefully"
        state: draft
        author: Ann Example
        created: 2026-11-22
        modified: 2026-11-22
        discussion:
        vote:
        jira:
        release:
        component: Flink
        ---

        # FLIP-608: Stop jobs: gracefully

        ## Motivation

        <!-- The problem to be solved, and for whom. -->
        "#);
        let page = Page::read(&flip, "flips/FLIP-0608.md", &text);
        assert_eq!((page.faults(), page.number(), page.headings().len()), (&[][..], Some(608), 7));
        assert_eq!(page.with(&flip, Field::Vote, "https://x/y").text, text.replace("vote:", "vote: https://x/y"));
        assert!(new_page(&flip, None, "x", "", today).contains("title: \"FLIP-XXX: x\""));
    }
}
