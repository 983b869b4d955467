// Licensed to the Quorate project under one or more contributor license
// agreements; see the NOTICE file for copyright ownership. Licensed under the
// Apache License, Version 2.0 (the "License"); you may not use this file except
// in compliance with the License. A copy is at
// http://www.apache.org/licenses/LICENSE-2.0 and in the file LICENSE.

//! What stands in texts and is not meant to: marks such as `@NWE@` that nothing fills in, which would go
//! into commits as they are, and passwords, which would be copied into every record.

use std::sync::LazyLock;

use regex::Regex;

use super::Faults;
use super::fields::{Place, each_text};
use crate::config::product::Product;
use crate::release::PLACEHOLDERS;

/// What `git.version_message` may have.
const OF_MESSAGE: [&str; 1] = ["@NEW@"];
/// What a link to the announcement's post may have.
const OF_DATE: [&str; 3] = ["@YEAR@", "@MONTH@", "@DAY@"];
/// Lists of edits that are applied, or looked at, where no version is set.
const WITHOUT_VERSION: [&str; 2] = ["versions.edits.release-docs[].*", "versions.edits.candidate-docs[].*"];
const WITH_VERSION: [&str; 4] =
    ["versions.edits.*[].*", "versions.authority.*", "playground.edits[].*", "playground.authority.*"];

/// Adds a fault for each mark that nothing fills in where it stands.
pub(super) fn unfilled(faults: &mut Faults, product: &Product) {
    static MARK: LazyLock<Regex> = LazyLock::new(|| Regex::new("@[A-Z][A-Z0-9_]*@").expect("a regular expression"));
    each_text(product, |place, text| {
        if place.is_argument() || place.is_variable() {
            return;
        }
        let taken = taken(place);
        let Some(mark) = MARK.find_iter(text).map(|mark| mark.as_str()).find(|mark| !taken.contains(mark)) else {
            return;
        };
        let instead = match taken {
            [] if PLACEHOLDERS.contains(&mark) => "none, but `{{ version }}`".to_owned(),
            [] => "none".to_owned(),
            _ => taken.join(", "),
        };
        faults.add(&place.field, text, &format!("a text in which {mark} is not: of such marks it takes {instead}"));
    });
    let message = &product.git.version_message;
    if !message.contains("@NEW@") {
        let expected = "a message with @NEW@ in it, the version that the commit sets";
        faults.add("git.version_message", message, expected);
    }
}

/// The marks that are filled in where a text stands.
fn taken(place: &Place) -> &'static [&'static str] {
    let is = |patterns: &[&str]| patterns.iter().any(|pattern| place.is(pattern));
    if is(&["git.version_message"]) {
        &OF_MESSAGE
    } else if is(&["links.post", "website.post_alias"]) {
        &OF_DATE
    } else if is(&WITH_VERSION) && !is(&WITHOUT_VERSION) {
        &PLACEHOLDERS
    } else {
        &[]
    }
}

/// The name and the password, or the token, of an address.
static LOGIN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)([a-z][a-z0-9+.-]*)://([^/?#\s]+)@").expect("a regular expression"));

/// Adds a fault for each address that has a password, or a token as its user.
pub(super) fn logins(faults: &mut Faults, product: &Product) {
    each_text(product, |place, text| {
        let secret = |scheme: &str, login: &str| login.contains(':') || scheme.to_ascii_lowercase().starts_with("http");
        if LOGIN.captures_iter(text).any(|found| secret(&found[1], &found[2])) {
            let expected = "an address without a password or a token: this file is copied into the release's record, \
                            and passwords are in none; they come from the environment, or from what git and svn keep";
            faults.add(&place.field, text, expected);
        }
    });
}

/// `text` with what stands before the host of each address left out.
pub(super) fn without_logins(text: &str) -> std::borrow::Cow<'_, str> {
    LOGIN.replace_all(text, "$1://…@")
}
