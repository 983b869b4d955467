// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! Every component and every field, as docs/runtime/modules.md has them: the page is made of
//! this, and this is held to what the reader asks for. Usual values come from the types.

mod parts;

use std::fmt::Write as _;
use std::time::Duration;

pub(crate) use parts::parts;

/// A mapping of a module file.
pub(crate) struct Part {
    /// Of what: a kind, or where in one it stands.
    pub(crate) title: &'static str,
    /// Its fields, in the order of the page.
    pub(crate) fields: Vec<Field>,
    /// Documents without fault in which `FIELDS` stands where this mapping's fields are.
    pub(crate) examples: &'static [&'static str],
}

/// A field.
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) otherwise: Otherwise,
    pub(crate) meaning: &'static str,
}

/// What holds when a field is not given.
pub(crate) enum Otherwise {
    /// It has to be given.
    Must,
    /// Nothing.
    Nothing,
    /// This value.
    Is(String),
}

/// The page's part that is made of this.
pub(crate) fn page() -> String {
    let mut page = String::new();
    for part in parts() {
        let _ = writeln!(page, "\n### {}\n\n| field | otherwise | |\n|---|---|---|", part.title);
        for Field { name, otherwise, meaning } in part.fields {
            let otherwise = match otherwise {
                Otherwise::Must => "must be given".to_owned(),
                Otherwise::Nothing => String::new(),
                Otherwise::Is(value) => format!("`{value}`"),
            };
            let _ = writeln!(page, "| `{name}` | {otherwise} | {meaning} |");
        }
    }
    page
}

/// A length of time as module files write it.
fn time(time: Duration) -> String {
    let millis = time.as_millis();
    match millis {
        _ if millis.is_multiple_of(60_000) => format!("{}m", millis / 60_000),
        _ if millis.is_multiple_of(1000) => format!("{}s", millis / 1000),
        _ => format!("{millis}ms"),
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::{Source, read};

    const BEGIN: &str = "<!-- made of runtime/module/src/reference -->\n";
    const END: &str = "\n<!-- until here -->";

    /// The fields that the reader asks for where `FIELDS` stands.
    fn asked(example: &str) -> Vec<String> {
        let text = example.replace("FIELDS", "unheard: of");
        let source = Source { name: "m.yaml".to_owned(), directory: PathBuf::new(), text };
        let application = read(&[source]).unwrap_or_else(|faults| panic!("{example}\n{faults:#?}"));
        let said = application.remarks.iter().map(|remark| remark.message.clone()).collect::<Vec<_>>();
        let [said] = &said[..] else { panic!("{example}\n{said:#?}") };
        let (_, known) = said.split_once("known: ").unwrap_or_else(|| panic!("{said}"));
        known.split(", ").map(str::to_owned).collect()
    }

    #[test]
    fn each_field_that_is_read_is_in_the_reference_and_no_other() {
        for part in parts() {
            let mut asked: Vec<String> = part.examples.iter().flat_map(|example| asked(example)).collect();
            asked.sort_unstable();
            asked.dedup();
            let mut named: Vec<&str> = part.fields.iter().map(|field| field.name).collect();
            named.sort_unstable();
            assert_eq!(named, asked, "{}", part.title);
        }
    }

    #[test]
    fn each_kind_is_in_the_reference() {
        let page = page();
        for kind in crate::compose::KINDS {
            assert!(page.contains(&format!("### `{kind}`")), "{kind}");
        }
    }

    /// `STATEFUN_WRITE_REFERENCE=1` writes it.
    #[test]
    fn the_page_has_the_reference_as_it_is() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/runtime/modules.md");
        let text = std::fs::read_to_string(&path).expect("the page is there");
        let (before, rest) = text.split_once(BEGIN).expect("the page says where it begins");
        let (_, after) = rest.split_once(END).expect("the page says where it ends");
        let made = format!("{before}{BEGIN}{}{END}{after}", page());
        if std::env::var_os("STATEFUN_WRITE_REFERENCE").is_some() {
            std::fs::write(&path, &made).expect("the page can be written");
        } else {
            assert!(text == made, "STATEFUN_WRITE_REFERENCE=1 cargo test --package statefun-module reference");
        }
    }
}
