// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What can be said of the outputs of steps that are not done yet: what follows
//! from their parameters, and names in capitals for the rest.
//!
//! A number, a digest or a time must be one where an action is built from it, so
//! for each of these there is a stand-in that no release ever has; in a text for
//! a person its name takes its place.

use serde_json::{Map, Value};

/// The name of an output that is not known: `REVISION_OF_STAGE_CANDIDATE`.
pub(super) fn placeholder(field: &str, step: &str) -> String {
    capitals(&format!("{field} of {step}"))
}

/// Whether a text is the name that stands for an output `field` of some step, which is not known yet.
pub fn stands_for(field: &str, text: &str) -> bool {
    text.starts_with(&placeholder(field, ""))
}

/// Words in capitals, as a shell would name a variable.
fn capitals(words: &str) -> String {
    words.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' }).collect()
}

/// Stand-ins for what is not known yet, with their names.
#[derive(Debug, Default)]
pub struct Unknowns {
    step: String,
    /// Each stand-in with what is written for it; longer ones before their parts.
    names: Vec<(String, String)>,
    given: u32,
}

impl Unknowns {
    /// The step whose outputs are foreseen from now on.
    pub(super) fn of_step(&mut self, id: &str) -> &mut Self {
        id.clone_into(&mut self.step);
        self
    }

    /// A text.
    pub fn text(&self, field: &str) -> String {
        placeholder(field, &self.step)
    }

    /// A number.
    pub fn number(&mut self, field: &str) -> u64 {
        let number = 7_700_077_000_000_000 + u64::from(self.next());
        let name = self.text(field);
        // A revision is written with an `r` before it.
        self.names.push((format!(" r{number}"), format!(" {name}")));
        self.names.push((number.to_string(), name));
        number
    }

    /// A SHA-512 digest.
    pub fn digest(&mut self, of: &str) -> String {
        let (number, name) = (self.next(), capitals(&format!("sha512 of {of}")));
        let [first, second] = ["fa", "fb"].map(|half| format!("{half}{number:06x}").repeat(8));
        let beginning = first[..16].to_owned();
        let whole = format!("{first}{second}");
        self.names.push((whole.clone(), name.clone()));
        // Mails break it in two, reports show how it begins.
        self.names.extend([(first, name.clone()), (second, String::new()), (beginning, name)]);
        whole
    }

    /// A time.
    pub fn time(&mut self, field: &str) -> String {
        let day = jiff::civil::date(9000, 1, 1).saturating_add(jiff::Span::new().days(self.next()));
        let (time, name) = (format!("{day}T00:00:00Z"), self.text(field));
        let minutes = format!("{day} 00:00 UTC");
        self.names.extend([(time.clone(), name.clone()), (minutes, name.clone()), (day.to_string(), name)]);
        time
    }

    /// What may be taken for a link.
    pub fn link(&mut self, field: &str) -> String {
        let name = self.text(field);
        let link = format!("https://unknown.invalid/{name}/");
        self.names.push((link.clone(), name));
        link
    }

    /// A text of a form of its own, `before` and `after` its name; shown without them.
    pub fn formed(&mut self, field: &str, before: &str, after: &str) -> String {
        let name = self.text(field);
        let formed = format!("{before}{name}{after}");
        self.names.push((formed.clone(), name));
        formed
    }

    /// The text with names in the place of stand-ins.
    pub(super) fn named(&self, text: &str) -> String {
        let mut named = text.to_owned();
        for (stand_in, name) in &self.names {
            if named.contains(stand_in.as_str()) {
                named = named.replace(stand_in.as_str(), name);
            }
        }
        named
    }

    fn next(&mut self) -> u32 {
        self.given += 1;
        self.given
    }
}

/// What is foreseen in one release, step by step.
#[derive(Debug, Default)]
pub(super) struct Foresight {
    /// The outputs that are there or foreseen, by step.
    pub outputs: Map<String, Value>,
    /// What stands in for the rest.
    pub unknown: Unknowns,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_called_by_their_names_also_in_part() {
        let mut unknown = Unknowns::default();
        unknown.of_step("stage-candidate");
        let (number, digest) = (unknown.number("revision"), unknown.digest("a-1.tgz"));
        let (time, link) = (unknown.time("at"), unknown.link("note"));
        let other = unknown.number("count");
        let text = format!(
            "-r {number} at r{number} {other}\n{digest}\n{}\n{}\n{time} {}\n{link}",
            &digest[..64],
            &digest[..16],
            &time[..10]
        );
        let name = "REVISION_OF_STAGE_CANDIDATE";
        let (sum, at) = ("SHA512_OF_A_1_TGZ", "AT_OF_STAGE_CANDIDATE");
        assert_eq!(
            unknown.named(&text),
            format!(
                "-r {name} at {name} COUNT_OF_STAGE_CANDIDATE\n{sum}\n{sum}\n{sum}\n{at} {at}\nNOTE_OF_STAGE_CANDIDATE"
            )
        );
        assert!(time.parse::<jiff::Timestamp>().is_ok());
    }
}
